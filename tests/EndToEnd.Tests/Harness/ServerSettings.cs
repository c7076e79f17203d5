namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>How a test wants its server.</summary>
internal sealed record ServerSettings
{
    /// <summary>False: <c>--edge-port 0</c>.</summary>
    public bool WithEdge { get; init; } = true;

    /// <summary>Null: a folder of its own.</summary>
    public string? DataFolder { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> MoreArguments { get; init; } = [];
}
