"""Parts of `benchmarks/fortnight.py`: papers, their troubles, the machine, the verdict."""
