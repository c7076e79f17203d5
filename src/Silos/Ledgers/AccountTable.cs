using System.Data.Common;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_account</c>, and the addresses that lead to them; for one transaction.</summary>
internal sealed class AccountTable(StateSession session)
{
    private const string Columns =
        "SELECT account_key, file_key, web_seed, direct, edge, witnessed, announced, viewers, low, high, last_viewer, "
        + "cdn, waste, sent_low "
        + "FROM ledger_account ";

    /// <summary>The last key that was given in this transaction: nobody else gives any meanwhile.</summary>
    private long? _lastKey;

    /// <summary>The account of an address. Where there is none it gets one, which the caller saves.</summary>
    public AccountRow OfAddress(long fileKey, string address)
    {
        if (FindKey(fileKey, address) is { } key)
            return Load(key);
        _lastKey = 1 + (_lastKey ?? session.Scalar("SELECT MAX(account_key) FROM ledger_account"));
        AccountRow account = new(_lastKey.Value, fileKey, default, null, IsNew: true);
        NoteAddress(fileKey, address, account.Key);
        return account;
    }

    /// <summary>
    /// The account of a viewer that was seen at an address. One that appears at a second address (IPv4 and IPv6, a new network) makes the
    /// two one household, so that what it got is not counted at both.
    /// </summary>
    public AccountRow OfViewer(long fileKey, string address, long? viewersAccount)
    {
        if (viewersAccount is not { } home)
            return OfAddress(fileKey, address);
        switch (FindKey(fileKey, address))
        {
            case null:
                NoteAddress(fileKey, address, home);
                return Load(home);
            case { } there when there != home:
                return Merge(Load(home), Load(there));
            default:
                return Load(home);
        }
    }

    public void Save(AccountRow account)
    {
        AccountTotals totals = account.Totals;
        ReadOnlySpan<object?> values =
        [
            account.Key,
            totals.WebSeedBytes,
            totals.DirectBytes,
            totals.EdgeBytes,
            totals.WitnessedBytes,
            totals.AnnouncedBytes,
            totals.Viewers,
            totals.BookedLowBytes,
            totals.BookedHighBytes,
            account.LastViewer,
            totals.CdnBytes,
            totals.BookedWasteBytes,
            totals.BookedSentBytes,
            account.FileKey,
        ];
        if (account.IsNew)
            session.Execute(
                "INSERT INTO ledger_account (account_key, web_seed, direct, edge, witnessed, announced, viewers, low, high, "
                    + "last_viewer, cdn, waste, sent_low, file_key) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                values
            );
        else
            session.Execute(
                "UPDATE ledger_account SET web_seed = $2, direct = $3, edge = $4, witnessed = $5, announced = $6, viewers = $7, "
                    + "low = $8, high = $9, last_viewer = $10, cdn = $11, waste = $12, sent_low = $13 WHERE account_key = $1",
                values[..^1]
            );
    }

    private AccountRow Merge(AccountRow kept, AccountRow given)
    {
        session.Execute("UPDATE ledger_address SET account_key = $1 WHERE account_key = $2", kept.Key, given.Key);
        session.Execute("UPDATE ledger_viewer SET account_key = $1 WHERE account_key = $2", kept.Key, given.Key);
        session.Execute("DELETE FROM ledger_account WHERE account_key = $1", given.Key);
        AccountRow merged = kept with
        {
            Totals = kept.Totals.Merge(given.Totals),
            LastViewer = kept.HasAnnounced || !given.HasAnnounced ? kept.LastViewer : given.LastViewer,
        };
        Save(merged);
        PresenceTable.Rename(session, kept.FileKey, AccountRow.PresenceKeyOf(given.Key), merged.PresenceKey);
        if (merged.HasAnnounced && !kept.HasAnnounced)
            PresenceTable.Rename(session, kept.FileKey, kept.PresenceKey, merged.PresenceKey);
        return merged;
    }

    private void NoteAddress(long fileKey, string address, long accountKey) =>
        session.Execute(
            "INSERT INTO ledger_address (file_key, address, account_key) VALUES ($1, $2, $3)",
            fileKey,
            address,
            accountKey
        );

    private long? FindKey(long fileKey, string address) =>
        session.TryQuery(
            "SELECT account_key FROM ledger_address WHERE file_key = $1 AND address = $2",
            static row => row.GetInt64(0),
            out long key,
            fileKey,
            address
        )
            ? key
            : null;

    private AccountRow Load(long key) =>
        session.TryQuery(Columns + "WHERE account_key = $1", Read, out AccountRow account, key)
            ? account
            : throw new InvalidOperationException($"The ledger has no account {key}.");

    private static AccountRow Read(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetInt64(1),
            new AccountTotals(
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7),
                !row.IsDBNull(10),
                row.GetInt64(8),
                row.GetInt64(9),
                row.GetInt64(11),
                row.GetInt64(12),
                row.GetInt64(13)
            ),
            row.IsDBNull(10) ? null : row.GetFieldValue<byte[]>(10)
        );
}
