using System.Numerics;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_anomaly</c>: at most one a file, hour and kind, however many announces there are.</summary>
internal static class AnomalyTable
{
    /// <summary>Counts a viewer at each of these kinds.</summary>
    public static void Count(StateSession session, long fileKey, long hourStart, AnnounceAnomalies found)
    {
        for (int rest = (int)found; rest != 0; rest &= rest - 1)
        {
            session.Execute(
                "INSERT INTO ledger_anomaly (file_key, hour_start, kind, viewers) VALUES ($1, $2, $3, 1) "
                    + "ON CONFLICT (file_key, hour_start, kind) DO UPDATE SET viewers = ledger_anomaly.viewers + 1",
                fileKey,
                hourStart,
                1 << BitOperations.TrailingZeroCount(rest)
            );
        }
    }
}
