# %% [markdown]
# # Reading an archive
#
# What a paper wrote, how often, and what it changed later. `archive.db` is the file that a crawl keeps;
# `baotinh demo` makes a small one in `baotinh-demo/`. In a checkout: `pip install '.[notebook]'`.

# %%
import os

import baotinh

archive = baotinh.open_archive(os.environ.get("BAOTINH_ARCHIVE", "archive.db"))
len(archive)

# %% [markdown]
# ## Search
#
# With accents or without; filters are those of `baotinh search`. What was done to the words is in
# `notes`, how many articles match in `total`.

# %%
hits = archive.search("gia lua", limit=5)
print(hits.total, hits.notes)
baotinh.to_frame(hits)[["published_on", "source", "title"]]

# %% [markdown]
# ## Count
#
# All articles as a data frame, days and instants typed. They stream, so filter a large archive.

# %%
frame = baotinh.to_frame(archive.articles())
frame.groupby([frame["published_on"].dt.to_period("M"), "source"]).size().rename(
    "articles"
).reset_index()

# %% [markdown]
# How long the articles of each outlet are:

# %%
frame.assign(characters=frame["body"].str.len()).groupby("source")["characters"].describe()

# %% [markdown]
# ## What was changed
#
# Every text an article has had, in the order in which we saw them.

# %%
edited = frame[frame["revisions"] > 1]
for article_id in edited["id"].head(3):
    for text in archive.revisions(int(article_id)):
        print(text.seen_at, text.kind, text.title)

# %% [markdown]
# ## The page itself
#
# Each article leads to the bytes that the server sent, checked by their digest.

# %%
captures = [each for number in frame["id"] for each in archive.captures(int(number))]
if captures:
    page = archive.payload(captures[0])
    print(page.status, page.url, len(page.body))

# %%
archive.close()
