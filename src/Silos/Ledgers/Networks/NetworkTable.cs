using Distribution.Silos.State;
using Distribution.Silos.Swarms.Networks;

namespace Distribution.Silos.Ledgers.Networks;

/// <summary>Rows of <c>ledger_network</c> and of its sums by publisher: what of an hour went to which network.</summary>
internal static class NetworkTable
{
    private const string Figures = "low, high, web_seed, direct, edge, viewer_upload, cdn";

    private static readonly string AddToFile = Insert("ledger_network", "file_key");

    private static readonly string AddToPublisher = Insert("ledger_publisher_network", "publisher_id");

    public static void Add(
        StateSession session,
        in FileRow file,
        long hourStart,
        NetworkFacts network,
        in LedgerDelta delta
    )
    {
        // Bytes of a file that nobody knows yet stay without a network.
        if (file.PublisherId is not { } publisher || network == NetworkFacts.Unknown || delta.IsEmpty)
            return;
        Add(session, AddToFile, file.Key, hourStart, network, delta);
        Add(session, AddToPublisher, publisher, hourStart, network, delta);
    }

    private static void Add(
        StateSession session,
        string sql,
        object owner,
        long hourStart,
        NetworkFacts network,
        in LedgerDelta delta
    ) =>
        session.Execute(
            sql,
            owner,
            hourStart,
            (long)network.System,
            (int)network.Country,
            delta.LowBytes,
            delta.HighBytes,
            delta.WebSeedBytes,
            delta.DirectBytes,
            delta.EdgeBytes,
            delta.ViewerUploadBytes,
            delta.CdnBytes
        );

    private static string Insert(string table, string owner) =>
        $"INSERT INTO {table} ({owner}, hour_start, as_number, country, {Figures}) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
        + $"ON CONFLICT ({owner}, hour_start, as_number, country) DO UPDATE SET "
        + string.Join(", ", Figures.Split(", ").Select(name => $"{name} = {table}.{name} + excluded.{name}"));
}
