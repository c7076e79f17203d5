using System.Data.Common;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Reports;

/// <summary>The byte columns of an hour's row, as queries name them, and how they are read.</summary>
internal static class HourColumns
{
    /// <summary>Sums over rows of an alias <c>h</c>.</summary>
    public static readonly string Sums = FigureColumns.Sums("h.");

    /// <summary>One row's, likewise.</summary>
    public static readonly string Plain = FigureColumns.List("h.");

    /// <param name="first">The place of the first of the columns.</param>
    public static ReportBytes Read(DbDataReader row, int first) =>
        new()
        {
            Delivered = new ByteRange(row.GetInt64(first), row.GetInt64(first + 1)),
            WebSeedBytes = row.GetInt64(first + 2) + row.GetInt64(first + 3),
            DirectBytes = row.GetInt64(first + 3),
            EdgeBytes = row.GetInt64(first + 4),
            EdgeFillBytes = row.GetInt64(first + 5),
            ViewerUploadBytes = row.GetInt64(first + 6),
            CdnBytes = row.GetInt64(first + 7),
            EdgeMetadataBytes = row.GetInt64(first + 8),
            EdgeOverheadBytes = row.GetInt64(first + 9),
            WasteBytes = row.GetInt64(first + 10),
        };
}
