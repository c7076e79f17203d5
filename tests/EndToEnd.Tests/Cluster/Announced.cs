namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>A tracker's answer.</summary>
/// <param name="Refusal">Null: none.</param>
/// <param name="Peers">Their ports; all are of this machine.</param>
internal sealed record Announced(string? Refusal, IReadOnlyList<int> Peers)
{
    /// <summary>For now: said again it may be answered.</summary>
    public bool IsForNow => Refusal?.Contains("try again", StringComparison.Ordinal) == true;
}
