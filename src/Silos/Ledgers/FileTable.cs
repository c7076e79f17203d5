using System.Data.Common;
using Distribution.BitTorrent;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_file</c>.</summary>
internal static class FileTable
{
    private const string Columns = "SELECT file_key, size_bytes, completed FROM ledger_file ";

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
        int adopted = session.Execute(
            "UPDATE ledger_file SET file_id = $2, publisher_id = $3, size_bytes = $4, info_hash_v2 = $5, "
                + "is_open = 1, is_current = 1 "
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
                    + "(file_key, info_hash, file_id, publisher_id, size_bytes, info_hash_v2, is_current, is_open, completed) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, 1, 1, 0)",
                NextKey(session),
                infoHash,
                file.FileId,
                file.PublisherId,
                file.SizeBytes,
                infoHashV2
            );
        }
        return Find(session, file.InfoHash)!.Value;
    }

    public static void Close(StateSession session, InfoHash infoHash) =>
        session.Execute("UPDATE ledger_file SET is_open = 0 WHERE info_hash = $1", infoHash.AsSpan().ToArray());

    public static List<(InfoHash InfoHash, InfoHashV2? InfoHashV2)> ReadOpen(StateSession session) =>
        session.Query(
            "SELECT info_hash, info_hash_v2 FROM ledger_file WHERE is_open = 1",
            static row =>
                (
                    new InfoHash(row.GetFieldValue<byte[]>(0)),
                    row.IsDBNull(1) ? (InfoHashV2?)null : new InfoHashV2(row.GetFieldValue<byte[]>(1))
                )
        );

    public static void CountCompleted(StateSession session, long fileKey) =>
        session.Execute("UPDATE ledger_file SET completed = completed + 1 WHERE file_key = $1", fileKey);

    private static long NextKey(StateSession session) => session.Scalar("SELECT MAX(file_key) FROM ledger_file") + 1;

    private static FileRow Read(DbDataReader row) =>
        new(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), row.GetInt64(2));
}
