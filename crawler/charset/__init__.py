"""Bytes of pages, feeds and sitemaps to text. Pure."""

from crawler.charset.decoding import Decoded, How, decode, decode_page, decode_steps, find_charset

__all__ = ["Decoded", "How", "decode", "decode_page", "decode_steps", "find_charset"]
