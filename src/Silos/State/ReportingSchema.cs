namespace Distribution.Silos.State;

/// <summary>
/// What reports read beside the hours. <c>ledger_publisher_hour</c> and <c>ledger_return</c> are derived from them, so that a year of many files
/// is a few thousand rows; an export has neither, and <c>verify</c> reckons without them.
/// </summary>
internal static class ReportingSchema
{
    public const string Step = """
        -- Where bytes went, as far as a geo database knows: a part of the hour's row. Only where one is configured.
        CREATE TABLE ledger_network (
          file_key BIGINT NOT NULL,
          hour_start BIGINT NOT NULL,
          as_number BIGINT NOT NULL, -- 0: not known
          country INT NOT NULL, -- the first letter's code times 256 plus the second's; 0: not known
          low BIGINT NOT NULL,
          high BIGINT NOT NULL,
          web_seed BIGINT NOT NULL,
          direct BIGINT NOT NULL,
          edge BIGINT NOT NULL,
          viewer_upload BIGINT NOT NULL,
          cdn BIGINT NOT NULL,
          PRIMARY KEY (file_key, hour_start, as_number, country)
        ) WITHOUT ROWID;

        -- The same of all files of a publisher.
        CREATE TABLE ledger_publisher_network (
          publisher_id TEXT NOT NULL,
          hour_start BIGINT NOT NULL,
          as_number BIGINT NOT NULL,
          country INT NOT NULL,
          low BIGINT NOT NULL,
          high BIGINT NOT NULL,
          web_seed BIGINT NOT NULL,
          direct BIGINT NOT NULL,
          edge BIGINT NOT NULL,
          viewer_upload BIGINT NOT NULL,
          cdn BIGINT NOT NULL,
          PRIMARY KEY (publisher_id, hour_start, as_number, country)
        ) WITHOUT ROWID;

        -- Sums of what the chain holds of a publisher's hours; what it does not hold yet is still in ledger_hour.
        CREATE TABLE ledger_publisher_hour (
          publisher_id TEXT NOT NULL,
          hour_start BIGINT NOT NULL,
          low BIGINT NOT NULL,
          high BIGINT NOT NULL,
          web_seed BIGINT NOT NULL,
          direct BIGINT NOT NULL,
          edge BIGINT NOT NULL,
          edge_fill BIGINT NOT NULL,
          viewer_upload BIGINT NOT NULL,
          cdn BIGINT NOT NULL,
          edge_metadata BIGINT NOT NULL,
          edge_overhead BIGINT NOT NULL,
          waste BIGINT NOT NULL,
          late BIGINT NOT NULL,
          PRIMARY KEY (publisher_id, hour_start)
        ) WITHOUT ROWID;
        INSERT INTO ledger_publisher_hour
          SELECT f.publisher_id, h.hour_start, SUM(h.chained_low), SUM(h.chained_high), SUM(h.chained_web_seed),
            SUM(h.chained_direct), SUM(h.chained_edge), SUM(h.chained_edge_fill), SUM(h.chained_viewer_upload), SUM(h.chained_cdn),
            SUM(h.chained_edge_metadata), SUM(h.chained_edge_overhead), SUM(h.chained_waste), SUM(h.late)
          FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key
          WHERE f.publisher_id IS NOT NULL GROUP BY f.publisher_id, h.hour_start;

        -- Viewers of an hour by the hour before it in which they were there last: so distinct viewers of any range are a sum.
        CREATE TABLE ledger_return (
          publisher_id TEXT NOT NULL,
          hour_start BIGINT NOT NULL,
          previous BIGINT NOT NULL, -- -1: none
          kind INT NOT NULL, -- 1: who got, 2: who gave, 3: who did either
          viewers BIGINT NOT NULL,
          PRIMARY KEY (publisher_id, hour_start, previous, kind)
        ) WITHOUT ROWID;
        CREATE INDEX ledger_presence_viewer ON ledger_presence (file_key, viewer, hour_start, got, gave);
        INSERT INTO ledger_return
          SELECT f.publisher_id, p.hour_start, p.previous, 1, COUNT(*) FROM (
            SELECT file_key, hour_start,
              COALESCE(LAG(hour_start) OVER (PARTITION BY file_key, viewer ORDER BY hour_start), -1) AS previous
            FROM ledger_presence WHERE got = 1) AS p
          JOIN ledger_file f ON f.file_key = p.file_key WHERE f.publisher_id IS NOT NULL
          GROUP BY f.publisher_id, p.hour_start, p.previous;
        INSERT INTO ledger_return
          SELECT f.publisher_id, p.hour_start, p.previous, 2, COUNT(*) FROM (
            SELECT file_key, hour_start,
              COALESCE(LAG(hour_start) OVER (PARTITION BY file_key, viewer ORDER BY hour_start), -1) AS previous
            FROM ledger_presence WHERE gave = 1) AS p
          JOIN ledger_file f ON f.file_key = p.file_key WHERE f.publisher_id IS NOT NULL
          GROUP BY f.publisher_id, p.hour_start, p.previous;
        INSERT INTO ledger_return
          SELECT f.publisher_id, p.hour_start, p.previous, 3, COUNT(*) FROM (
            SELECT file_key, hour_start,
              COALESCE(LAG(hour_start) OVER (PARTITION BY file_key, viewer ORDER BY hour_start), -1) AS previous
            FROM ledger_presence WHERE got + gave > 0) AS p
          JOIN ledger_file f ON f.file_key = p.file_key WHERE f.publisher_id IS NOT NULL
          GROUP BY f.publisher_id, p.hour_start, p.previous;

        -- How many viewers that came on a day have uploaded so much, as they say. Bins: Contracts/Reports/UploadBin.
        CREATE TABLE ledger_upload_bin (
          publisher_id TEXT NOT NULL,
          day_start BIGINT NOT NULL,
          bin INT NOT NULL,
          viewers BIGINT NOT NULL,
          PRIMARY KEY (publisher_id, day_start, bin)
        ) WITHOUT ROWID;

        -- What low stands on: bytes that our side sent, and progress beyond them, which needs somebody who says that he gave it.
        ALTER TABLE ledger_account ADD COLUMN sent_low BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_file ADD COLUMN sent_low BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_file ADD COLUMN seen_low BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_file ADD COLUMN given BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_file ADD COLUMN booked_low BIGINT NOT NULL DEFAULT 0;
        UPDATE ledger_account SET sent_low = CASE WHEN web_seed + direct + edge + cdn < low THEN web_seed + direct + edge + cdn ELSE low END;
        UPDATE ledger_file SET sent_low = s.sent_low, seen_low = s.low, booked_low = s.low
          FROM (SELECT file_key, SUM(sent_low) AS sent_low, SUM(low) AS low FROM ledger_account GROUP BY file_key) AS s
          WHERE s.file_key = ledger_file.file_key;
        UPDATE ledger_file SET given = s.given
          FROM (SELECT file_key, SUM(uploaded - uploaded_first) AS given FROM ledger_viewer GROUP BY file_key) AS s
          WHERE s.file_key = ledger_file.file_key;

        -- Files that a report is asked of together.
        CREATE TABLE report_collection (
          publisher_id TEXT NOT NULL,
          name TEXT NOT NULL,
          file_id TEXT NOT NULL,
          PRIMARY KEY (publisher_id, name, file_id)
        ) WITHOUT ROWID;
        """;
}
