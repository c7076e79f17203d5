using Distribution.Contracts.Reports;
using Distribution.Silos.State;
using Orleans.Concurrency;

namespace Distribution.Silos.Reports;

/// <summary>Rows of <c>report_collection</c>.</summary>
[StatelessWorker]
internal sealed class CollectionGrain(StateDatabase database) : Grain, ICollectionGrain
{
    public async Task<IReadOnlyList<ReportCollection>> ListAsync(string publisherId)
    {
        List<(string Name, string FileId)> rows = await database.ReadAsync(session =>
            session.Query(
                "SELECT name, file_id FROM report_collection WHERE publisher_id = $1",
                static row => (row.GetString(0), row.GetString(1)),
                publisherId
            )
        );
        return
        [
            .. rows.GroupBy(static row => row.Name, StringComparer.Ordinal)
                .OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group => Make(group.Key, group.Select(static row => row.FileId))),
        ];
    }

    public async Task<ReportCollection?> FindAsync(string publisherId, string name)
    {
        List<string> files = await database.ReadAsync(session => FilesOf(session, publisherId, name));
        return files.Count == 0 ? null : Make(name, files);
    }

    public Task<bool> SetAsync(string publisherId, ReportCollection collection, ReportCollection? ifStill) =>
        database.WriteAsync(session =>
        {
            if (
                ifStill is not null
                && !FilesOf(session, publisherId, collection.Name).ToHashSet().SetEquals(ifStill.FileIds)
            )
                return false;
            session.Execute(
                "DELETE FROM report_collection WHERE publisher_id = $1 AND name = $2",
                publisherId,
                collection.Name
            );
            foreach (string file in collection.FileIds.Distinct(StringComparer.Ordinal))
                session.Execute(
                    "INSERT INTO report_collection (publisher_id, name, file_id) VALUES ($1, $2, $3)",
                    publisherId,
                    collection.Name,
                    file
                );
            return true;
        });

    private static List<string> FilesOf(StateSession session, string publisherId, string name) =>
        session.Query(
            "SELECT file_id FROM report_collection WHERE publisher_id = $1 AND name = $2",
            static row => row.GetString(0),
            publisherId,
            name
        );

    private static ReportCollection Make(string name, IEnumerable<string> files) =>
        new(name, [.. files.Order(StringComparer.Ordinal)]);
}
