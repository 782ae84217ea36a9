"""Statements of migration steps: where captures came from, what proves them, who did the work."""

IMPORTS = (
    "alter table captures add column origin text",
    "alter table captures add column origin_offset integer",
    "alter table captures add column origin_record text",
    "alter table captures add column origin_digest text",
    """
create table imports (
    id integer primary key,
    name text not null,
    scope text not null,
    place text not null default '',
    records integer not null default 0,
    pages integer not null default 0,
    started_at text not null,
    finished_at text,
    unique (name, scope)
)""",
)

WITHHELD_TEXTS = (
    """
create table withheld_texts (
    digest text not null,
    withheld_id integer not null references withheld (id),
    primary key (digest, withheld_id)
) without rowid""",
)

WITHHELD_CAPTURES = (
    """
create table withheld_captures (
    -- captures in which the text was met again, at whatever address: erased with the others
    capture_id integer primary key references captures (id),
    withheld_id integer not null references withheld (id)
)""",
)

EVIDENCE = (
    "alter table captures add column manifest text",
    "create index captures_unlisted on captures (id) where manifest is null",
    "create table evidence_chain (id text primary key) without rowid",
    """
create table withheld (
    -- id: of the article that was; its text is in a file beside the archive until it is erased
    id integer primary key,
    source_id text not null,
    key text not null,
    url text not null,
    why text not null,
    withheld_at text not null,
    erased_at text,
    unique (source_id, key)
)""",
    """
create table erased (
    capture_id integer primary key references captures (id),
    withheld_id integer not null references withheld (id),
    record text not null
)""",
)

ORIGIN_MANIFESTS = (
    "alter table captures add column origin_manifests text",
    """
create table evidence_files (
    -- name: <chain>/<file> of a manifest or stamp that was ever here
    name text primary key,
    digest text not null
) without rowid""",
    """
update captures set origin_manifests = manifest, manifest = null
where manifest is not null and not exists (
    select 1 from evidence_chain where manifest like id || '/%')""",
)

ORDERS = (
    """
create table orders (
    id text primary key,
    kind text not null,
    sources text not null, -- ids of the sources as a JSON list
    given_at text not null,
    worker text,
    begun_at text,
    given_up_at text
) without rowid""",
    "alter table runs add column worker text",
    "alter table backfills add column handed_out_at text",
)
