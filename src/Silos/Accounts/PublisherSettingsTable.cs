using System.Text;
using System.Text.Json;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Files;
using Distribution.Silos.Serialization;
using Distribution.Silos.State;

namespace Distribution.Silos.Accounts;

/// <summary>What publishers have set.</summary>
public sealed class PublisherSettingsTable(StateDatabase database)
{
    public Task<PublisherSettings> ReadAsync(string publisherId) =>
        database.ReadAsync(session => Read(session, publisherId));

    /// <summary>Stores what was made of the settings of that version; of another it is a conflict.</summary>
    public Task<AccountChange> StoreAsync(PublisherSettings settings, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            if (Read(session, settings.PublisherId).Version != settings.Version)
                return AccountChange.Conflict;
            session.Execute(
                "INSERT INTO publisher_settings (publisher_id, record) VALUES ($1, $2) "
                    + "ON CONFLICT (publisher_id) DO UPDATE SET record = excluded.record",
                settings.PublisherId,
                JsonSerializer.SerializeToUtf8Bytes(settings with { Version = settings.Version + 1 }, StateJson.Options)
            );
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    /// <summary>The contract under which a publisher's reports are reckoned.</summary>
    /// <param name="server">The server's, and what edges, platform and viewers cost where the publisher's own does not say.</param>
    public static Contract ContractOf(StateSession session, string publisherId, Contract server) =>
        Read(session, publisherId).Contract is { } json ? Parse(json).WithCostsOf(server) : server;

    /// <summary>The contracts of publishers that have some of their own and files in the ledger, by publisher.</summary>
    public static IEnumerable<(string PublisherId, string Json)> ReadContracts(StateSession session) =>
        session
            .Query(
                "SELECT publisher_id, record FROM publisher_settings s "
                    + "WHERE EXISTS (SELECT 1 FROM ledger_file f WHERE f.publisher_id = s.publisher_id) ORDER BY publisher_id",
                static row =>
                    (
                        PublisherId: row.GetString(0),
                        JsonSerializer
                            .Deserialize<PublisherSettings>(row.GetFieldValue<byte[]>(1), StateJson.Options)!
                            .Contract
                    )
            )
            .Where(static row => row.Contract is not null)
            .Select(static row => (row.PublisherId, row.Contract!));

    /// <exception cref="ArgumentException">It is none.</exception>
    public static Contract Parse(string json) =>
        ContractDocument.TryParse(
            Encoding.UTF8.GetBytes(json),
            "contract",
            out ContractDocument? document,
            out IReadOnlyList<string> errors
        )
            ? document.Contract
            : throw new ArgumentException(string.Join(' ', errors));

    private static PublisherSettings Read(StateSession session, string publisherId) =>
        session.TryQuery(
            "SELECT record FROM publisher_settings WHERE publisher_id = $1",
            static row =>
                JsonSerializer.Deserialize<PublisherSettings>(row.GetFieldValue<byte[]>(0), StateJson.Options)!,
            out PublisherSettings found,
            publisherId
        )
            ? found
            : new PublisherSettings(publisherId, PeerPolicy.Everyone, null, 0);
}
