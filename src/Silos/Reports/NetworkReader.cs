using System.Data.Common;
using Distribution.Contracts.Reports;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>Reads where bytes went: by country and by autonomous system, and how much of what peers gave crossed between systems.</summary>
internal static class NetworkReader
{
    private const string Sums =
        "SUM(h.low), SUM(h.high), SUM(h.web_seed), SUM(h.direct), SUM(h.edge), SUM(h.viewer_upload), SUM(h.cdn)";
    private const string OfPublisher =
        "SELECT h.as_number, h.country, "
        + Sums
        + " FROM ledger_publisher_network h WHERE h.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3";
    private const string OfPart =
        "SELECT h.as_number, h.country, "
        + Sums
        + " FROM ledger_network h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string End = " GROUP BY h.as_number, h.country";

    public static List<(long System, int Country, ReportBytes Bytes)> Read(StateSession session, ReportScope scope) =>
        session.Query((scope.IsWhole ? OfPublisher : OfPart + scope.Filter) + End, Read, scope.Values);

    /// <param name="total">What no row has of it is of an unknown region.</param>
    public static List<ReportNetwork> ToRegions(
        IEnumerable<(long System, int Country, ReportBytes Bytes)> rows,
        ReportBytes total
    ) =>
        Group(
            rows,
            static row => row.Country,
            static (country, bytes) => new(NameOf((int)country), null, bytes),
            total
        );

    /// <inheritdoc cref="ToRegions"/>
    public static List<ReportNetwork> ToSystems(
        IEnumerable<(long System, int Country, ReportBytes Bytes)> rows,
        ReportBytes total
    ) => Group(rows, static row => row.System, static (system, bytes) => new(null, system, bytes), total);

    /// <summary>
    /// The bounds that sums by system leave. What a system's viewers got from peers beyond what its own viewers gave must have come from
    /// elsewhere; and where both together are more than all, the rest must have stayed within. What viewers say they gave is taken as shares
    /// alone.
    /// </summary>
    /// <returns>Null: nothing from peers, or nobody says that he gave any, or no system is known.</returns>
    public static ShareRange? CrossSystem(IReadOnlyList<ReportNetwork> systems)
    {
        ReportNetwork[] known = [.. systems.Where(static one => one.System is not null)];
        double got = known.Sum(static one => (double)one.Bytes.PeerBytes.High);
        double gave = known.Sum(static one => (double)one.Bytes.ViewerUploadBytes);
        if (got == 0 || gave == 0)
            return null;
        double crossed = 0;
        double stayed = 0;
        foreach (ReportNetwork one in known)
        {
            double gotShare = one.Bytes.PeerBytes.High / got;
            double gaveShare = one.Bytes.ViewerUploadBytes / gave;
            crossed += Math.Max(0, gotShare - gaveShare);
            stayed += Math.Max(0, gotShare + gaveShare - 1);
        }
        return new ShareRange(crossed, Math.Max(crossed, 1 - stayed));
    }

    private static List<ReportNetwork> Group(
        IEnumerable<(long System, int Country, ReportBytes Bytes)> rows,
        Func<(long System, int Country, ReportBytes Bytes), long> key,
        Func<long, ReportBytes, ReportNetwork> make,
        ReportBytes total
    )
    {
        var unknown = new ReportBytes
        {
            Delivered = total.Delivered,
            WebSeedBytes = total.WebSeedBytes,
            DirectBytes = total.DirectBytes,
            EdgeBytes = total.EdgeBytes,
            ViewerUploadBytes = total.ViewerUploadBytes,
            CdnBytes = total.CdnBytes,
        };
        var known = new List<ReportNetwork>();
        foreach (var group in rows.GroupBy(key))
        {
            if (group.Key == 0)
                continue;
            ReportBytes bytes = ReportBytes.Sum(group.Select(static row => row.Bytes));
            unknown -= bytes;
            known.Add(make(group.Key, bytes));
        }
        known.Sort(static (one, other) => other.Bytes.Delivered.High.CompareTo(one.Bytes.Delivered.High));
        if (unknown != new ReportBytes())
            known.Add(new ReportNetwork(null, null, unknown));
        return known;
    }

    private static string NameOf(int country) => new([(char)(country >> 8), (char)(country & 0xFF)]);

    private static (long, int, ReportBytes) Read(DbDataReader row) =>
        (
            row.GetInt64(0),
            row.GetInt32(1),
            new ReportBytes
            {
                Delivered = new ByteRange(row.GetInt64(2), row.GetInt64(3)),
                WebSeedBytes = row.GetInt64(4) + row.GetInt64(5),
                DirectBytes = row.GetInt64(5),
                EdgeBytes = row.GetInt64(6),
                ViewerUploadBytes = row.GetInt64(7),
                CdnBytes = row.GetInt64(8),
            }
        );
}
