using System.Net;

namespace Distribution.Standalone.Downloads;

/// <summary>What a tracker answered.</summary>
internal sealed record TrackerAnswer(TimeSpan Interval, IReadOnlyList<IPEndPoint> Peers);
