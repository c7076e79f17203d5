using Distribution.Contracts.Reports;

namespace Distribution.Silos.Reports;

/// <summary>Whose rows a report sums: a file's, a collection's, or all of the publisher's.</summary>
/// <param name="Filter">Of rows <c>h</c> joined with <c>ledger_file f</c>, over <see cref="Values"/>.</param>
internal sealed record ReportScope(string Filter, object?[] Values)
{
    private const string OfPublisher = "f.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3";
    private const string OfFile = OfPublisher + " AND f.file_id = $4";
    private const string OfCollection =
        OfPublisher
        + " AND f.file_id IN (SELECT c.file_id FROM report_collection c WHERE c.publisher_id = $1 AND c.name = $4)";

    /// <summary>True: the publisher's sums can be read in place of the hours.</summary>
    public bool IsWhole => Values.Length == 3;

    /// <param name="from">Unix time of a full hour; likewise <paramref name="to"/>.</param>
    public static ReportScope Of(ReportQuery query, long from, long to) =>
        query.FileId is { } file ? OfOne(query.PublisherId, from, to, file)
        : query.Collection is { } name ? new ReportScope(OfCollection, [query.PublisherId, from, to, name])
        : OfAll(query.PublisherId, from, to);

    public static ReportScope OfOne(string publisherId, long from, long to, string fileId) =>
        new(OfFile, [publisherId, from, to, fileId]);

    public static ReportScope OfAll(string publisherId, long from, long to) =>
        new(OfPublisher, [publisherId, from, to]);
}
