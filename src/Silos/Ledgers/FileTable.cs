using System.Data.Common;
using Distribution.BitTorrent;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_file</c>.</summary>
internal static class FileTable
{
    private const string Openings = "SELECT info_hash, info_hash_v2, is_open, revision FROM ledger_file ";

    // One writer at a time: whoever reads the largest has seen all smaller ones.
    private const string NextRevision = "(SELECT COALESCE(MAX(revision), 0) + 1 FROM ledger_file)";

    private const string Columns =
        "SELECT file_key, size_bytes, completed, publisher_id, sent_low, seen_low, given, booked_low FROM ledger_file ";

    /// <summary>The file that bytes of this info-hash belong to now; null: none was ever registered or sent.</summary>
    public static FileRow? Find(StateSession session, InfoHash infoHash) =>
        session.TryQuery(
            Columns + "WHERE info_hash = $1 AND is_current = 1",
            Read,
            out FileRow file,
            infoHash.AsSpan().ToArray()
        )
            ? file
            : null;

    /// <summary>The info-hash of a file that is, or was, published; null: there is none of this id.</summary>
    public static InfoHash? FindHash(StateSession session, string fileId) =>
        session.TryQuery(
            "SELECT info_hash FROM ledger_file WHERE file_id = $1",
            static row => new InfoHash(row.GetFieldValue<byte[]>(0)),
            out InfoHash infoHash,
            fileId
        )
            ? infoHash
            : null;

    /// <summary>As <see cref="Find"/>; what is not known yet gets a row without file, so that its bytes are kept until it is.</summary>
    public static FileRow FindOrKeep(StateSession session, InfoHash infoHash)
    {
        if (Find(session, infoHash) is { } file)
            return file;
        long key = NextKey(session);
        session.Execute(
            "INSERT INTO ledger_file (file_key, info_hash, is_current, is_open, completed) VALUES ($1, $2, 1, 0, 0)",
            key,
            infoHash.AsSpan().ToArray()
        );
        return new FileRow(key, null, 0);
    }

    /// <summary>Makes <paramref name="file"/> the one that its info-hash's bytes belong to, and its swarm open. Safe to repeat.</summary>
    public static FileRow Register(StateSession session, LedgerFile file)
    {
        byte[] infoHash = file.InfoHash.AsSpan().ToArray();
        byte[]? infoHashV2 = file.InfoHashV2 is { } v2 ? v2.AsSpan().ToArray() : null;
        session.Execute(
            "UPDATE ledger_file SET is_current = 0, is_open = 0 "
                + "WHERE info_hash = $1 AND is_current = 1 AND file_id <> $2 AND file_id IS NOT NULL",
            infoHash,
            file.FileId
        );
        // Bytes came before the file: their viewers are its publisher's from here on.
        long kept = session.Scalar(
            "SELECT file_key FROM ledger_file WHERE info_hash = $1 AND file_id IS NULL",
            infoHash
        );
        int adopted = session.Execute(
            "UPDATE ledger_file SET file_id = $2, publisher_id = $3, size_bytes = $4, info_hash_v2 = $5, "
                + "is_open = 1, is_current = 1, revision = "
                + NextRevision
                + " "
                + "WHERE info_hash = $1 AND (file_id = $2 OR file_id IS NULL)",
            infoHash,
            file.FileId,
            file.PublisherId,
            file.SizeBytes,
            infoHashV2
        );
        if (adopted == 0)
        {
            session.Execute(
                "INSERT INTO ledger_file "
                    + "(file_key, info_hash, file_id, publisher_id, size_bytes, info_hash_v2, is_current, is_open, completed, revision) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, 1, 1, 0, "
                    + NextRevision
                    + ")",
                NextKey(session),
                infoHash,
                file.FileId,
                file.PublisherId,
                file.SizeBytes,
                infoHashV2
            );
        }
        if (kept != 0)
            PresenceTable.CountAll(session, kept);
        return Find(session, file.InfoHash)!.Value;
    }

    public static void Close(StateSession session, InfoHash infoHash) =>
        session.Execute(
            "UPDATE ledger_file SET is_open = 0, revision = " + NextRevision + " WHERE info_hash = $1 AND is_open = 1",
            infoHash.AsSpan().ToArray()
        );

    /// <summary>The last opening or closing.</summary>
    public static long ReadRevision(StateSession session) => session.Scalar("SELECT MAX(revision) FROM ledger_file");

    public static List<SwarmOpening> ReadOpen(StateSession session) =>
        session.Query(Openings + "WHERE is_open = 1", ReadOpening);

    /// <summary>Openings and closings since a revision, in the order in which they hold.</summary>
    public static List<SwarmOpening> ReadOpenings(StateSession session, long since) =>
        session.Query(Openings + "WHERE revision > $1 ORDER BY revision, is_open", ReadOpening, since);

    public static void SaveLow(StateSession session, long fileKey, in FileLow low) =>
        session.Execute(
            "UPDATE ledger_file SET sent_low = $2, seen_low = $3, given = $4, booked_low = $5 WHERE file_key = $1",
            fileKey,
            low.SentBytes,
            low.SeenBytes,
            low.GivenBytes,
            low.BookedBytes
        );

    public static void CountCompleted(StateSession session, long fileKey) =>
        session.Execute("UPDATE ledger_file SET completed = completed + 1 WHERE file_key = $1", fileKey);

    private static long NextKey(StateSession session) => session.Scalar("SELECT MAX(file_key) FROM ledger_file") + 1;

    private static SwarmOpening ReadOpening(DbDataReader row) =>
        new(
            new InfoHash(row.GetFieldValue<byte[]>(0)),
            row.IsDBNull(1) ? null : new InfoHashV2(row.GetFieldValue<byte[]>(1)),
            row.GetInt32(2) != 0,
            row.GetInt64(3)
        );

    private static FileRow Read(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.IsDBNull(1) ? null : row.GetInt64(1),
            row.GetInt64(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            new FileLow(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7))
        );
}
