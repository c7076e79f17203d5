namespace Distribution.Silos.Ledgers;

/// <summary>How much of a viewer's <c>uploaded</c> is believed: what a 10 Gbit/s line could have sent since it was first seen.</summary>
internal static class UploadClaims
{
    private const long BytesPerSecond = 1_250_000_000;
    private const int GraceSeconds = 60;

    /// <summary>More than anybody is believed: for who only asks whether anything changed.</summary>
    public const long Unbounded = long.MaxValue / 4;

    public static long MostBytes(in BookedViewer? viewer, long nowSeconds) =>
        viewer is { Session.Phase: not ViewerPhase.Unannounced } known
            ? known.Session.UploadedFirstBytes + (nowSeconds - known.FirstSeen + GraceSeconds) * BytesPerSecond
            : Unbounded; // the first claim is where counting starts, so its size does not matter
}
