using System.Numerics;
using Distribution.Contracts.Ledgers;

namespace Distribution.Silos.Ledgers;

/// <summary>Anomalies that this process has booked, by kind, for the metrics. Any thread.</summary>
public sealed class AnomalyTally
{
    private static readonly AnnounceAnomalies[] Kinds =
    [
        .. Enum.GetValues<AnnounceAnomalies>().Where(static one => BitOperations.IsPow2((int)one)),
    ];
    private readonly long[] _viewers = new long[Kinds.Length];

    public void Add(AnnounceAnomalies found)
    {
        for (int i = 0; i < Kinds.Length; i++)
        {
            if ((found & Kinds[i]) != 0)
                Interlocked.Increment(ref _viewers[i]);
        }
    }

    /// <summary>Viewers that were found with each kind.</summary>
    public IEnumerable<(AnnounceAnomalies Kind, long Viewers)> Read() =>
        Kinds.Select((kind, i) => (kind, Interlocked.Read(ref _viewers[i])));
}
