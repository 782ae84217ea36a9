"""The archive's tables. Columns are added by later migrations, never renamed."""

TABLES = (
    """
create table sources (
    id text primary key,
    name text not null,
    kind text not null,
    province text not null,
    province_before_2025 text,
    homepage text not null,
    status text not null default 'active'
)""",
    """
create table seeds (
    id integer primary key,
    source_id text not null references sources (id),
    kind text not null,
    url text not null,
    etag text,
    last_modified text,
    polled_at text,
    next_poll_at text,
    next_poll_why text,
    failures real not null default 0,
    last_error text,
    seen integer,
    empty integer not null default 0,
    gap_at text,
    unique (source_id, url)
)""",
    """
create table health (
    source_id text primary key references sources (id),
    state text not null,
    since text not null,
    why text not null,
    checked_at text not null,
    told text,
    capture_id integer references captures (id)
) without rowid""",
    """
create table bands (
    -- month, band and hash of two bins of a signature in one number, dropped later
    band integer not null,
    article_id integer not null,
    primary key (band, article_id)
) without rowid""",
    """
create table runs (
    id integer primary key,
    source_id text not null references sources (id),
    kind text not null,
    started_at text not null,
    finished_at text,
    state text not null default 'running',
    outcomes text not null default '{}',
    process text
)""",
    """
create table links (
    id integer primary key,
    source_id text not null references sources (id),
    url text not null,
    canonical_url text not null,
    key text not null,
    state text not null default 'pending',
    reason text,
    found_at text not null,
    title_hint text,
    date_hint text,
    seed_id integer references seeds (id) on delete set null,
    attempts integer not null default 0,
    next_try_at text,
    etag text,
    last_modified text,
    article_id integer references articles (id),
    unique (source_id, key)
)""",
    """
create table captures (
    id integer primary key,
    url text not null,
    fetched_at text not null,
    status integer not null,
    content_type text,
    digest text not null,
    file text not null,
    offset integer not null,
    length integer not null,
    link_id integer references links (id),
    unique (file, offset)
)""",
    """
create table articles (
    id integer primary key,
    source_id text not null references sources (id),
    key text not null,
    url text not null,
    canonical_url text not null,
    title text not null,
    summary text,
    body text not null,
    authors text not null default '[]',
    section text,
    section_path text not null default '[]',
    tags text not null default '[]',
    language text,
    kind text not null default 'article',
    published_at text,
    published_on text,
    published_raw text,
    published_from text,
    modified_at text,
    dateline text,
    byline_raw text,
    source_credit text,
    subheads text not null default '[]',
    evidence text not null default '{}',
    first_seen_at text not null,
    last_seen_at text not null,
    gone_at text,
    gone_reason text,
    digest text not null,
    signature blob not null default x'',
    cluster_id integer not null,
    capture_id integer references captures (id),
    revisions integer not null default 1,
    unique (source_id, key)
)""",
    """
create table images (
    article_id integer not null references articles (id),
    position integer not null,
    url text not null,
    caption text,
    primary key (article_id, position)
) without rowid""",
    """
create table revisions (
    id integer primary key,
    article_id integer not null references articles (id),
    number integer not null,
    seen_at text not null,
    kind text not null,
    title text not null,
    summary text,
    body text not null,
    digest text not null,
    capture_id integer references captures (id),
    returned_at text,
    returns integer not null default 0,
    unique (article_id, number)
)""",
    """
create table hosts (
    host text primary key,
    not_before text,
    last_request_at text,
    failures real not null default 0,
    reason text
) without rowid""",
)

INDEXES = (
    "create index articles_by_day on articles (published_on desc, published_at desc, id desc)",
    """create index articles_by_source_and_day
    on articles (source_id, published_on desc, published_at desc, id desc)""",
    "create index articles_by_digest on articles (digest)",
    "create index articles_by_url on articles (canonical_url)",
    "create index articles_by_cluster on articles (cluster_id)",
    "create index articles_gone on articles (gone_at) where gone_at is not null",
    """create index links_pending on links (source_id, found_at desc, id)
    where state = 'pending'""",
    """create index links_to_revisit on links (source_id, next_try_at)
    where state = 'stored' and next_try_at is not null""",
    "create index links_by_source_and_time on links (source_id, found_at)",
    "create index links_by_url on links (canonical_url)",
    "create index links_by_article on links (article_id) where article_id is not null",
    "create index captures_by_link on captures (link_id, id) where link_id is not null",
    "create index captures_by_url on captures (url, digest)",
    "create index revisions_by_time on revisions (seen_at)",
    "create index runs_by_source on runs (source_id, id)",
    "create index runs_running on runs (state) where state = 'running'",
)

VIEWS = (
    """
create view news as
select a.id, a.published_on, s.province, a.source_id as source, a.title, a.summary, a.authors,
    a.section, a.url
from articles a
join sources s on s.id = a.source_id
order by a.published_on desc, a.published_at desc, a.id desc""",
)

COPY_KEYS = (
    """
create table copy_keys (
    -- month, and a least hash of the runs of words of a cluster's first article
    key integer not null,
    article_id integer not null,
    primary key (key, article_id)
) without rowid""",
    "create table copies_due (article_id integer primary key)",
    "insert into copies_due select id from articles",
    "drop table bands",
)
"""By which copies are found, and the articles that wait to be compared by today's rule."""

PLACES = (
    """
create table places (
    -- units that articles name, and those that such an article answers for: see docs/places.md
    code text primary key,
    kind text not null,
    name text not null,
    district text,
    province text not null,
    until text,
    today text not null
) without rowid""",
    """
create table mentions (
    article_id integer not null references articles (id),
    unit text not null,
    how text not null,
    confidence real not null,
    position integer not null,
    primary key (article_id, unit)
) without rowid""",
    "create index mentions_by_unit on mentions (unit)",
    """
create table place_articles (
    place text not null,
    article_id integer not null,
    primary key (place, article_id)
) without rowid""",
    "create table places_due (article_id integer primary key)",
    "insert into places_due select id from articles",
    """
create view article_places as
select a.id, a.published_on, a.source_id as source, a.title, p.code, p.kind, p.name, p.district,
    p.province, p.until, p.today as province_today, m.how, m.confidence, a.url
from mentions m
join places p on p.code = m.unit
join articles a on a.id = m.article_id""",
)
"""Units that articles name; added by a later step."""

DISCOVERY_MEMORY = (
    "alter table seeds add column complete_at text",
    "alter table seeds add column parent_id integer references seeds (id)",
    """
create table gaps (
    id integer primary key,
    source_id text not null references sources (id),
    seed_id integer references seeds (id) on delete set null,
    begin_at text not null,
    end_at text not null,
    found_at text not null,
    closed_at text
)""",
    "create index gaps_open on gaps (source_id) where closed_at is null",
)
BACKFILLS = (
    """
create table backfills (
    id integer primary key,
    source_id text not null references sources (id),
    since text not null,
    until text not null,
    started_at text not null,
    finished_at text
)""",
    """
create table backfill_steps (
    id integer primary key,
    backfill_id integer not null references backfills (id),
    kind text not null,
    url text not null,
    next_url text,
    day text,
    pages integer not null default 0,
    done_at text,
    problem text,
    unique (backfill_id, url)
)""",
    """
create table backfill_links (
    id integer primary key,
    backfill_id integer not null references backfills (id),
    key text not null,
    url text not null,
    canonical_url text not null,
    found_at text not null,
    title_hint text,
    date_hint text,
    day text,
    unique (backfill_id, key)
)""",
    "create index backfill_links_newest on backfill_links (backfill_id, day desc, id)",
)
WATCHES = (
    """
create table watches (
    name text primary key,
    slug text not null unique,
    query text not null,
    filters text not null,
    created_at text not null,
    seen_id integer not null default 0
) without rowid""",
    """
create table watch_matches (
    name text not null references watches (name) on delete cascade,
    article_id integer not null,
    found_at text not null,
    primary key (name, article_id)
) without rowid""",
)
