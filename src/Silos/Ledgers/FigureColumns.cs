using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// The byte columns that tables of hours have in common, in the order of <see cref="ChainFigures"/>. Texts of statements are put together from
/// them once, in static fields.
/// </summary>
internal static class FigureColumns
{
    private static readonly string[] Names =
    [
        "low",
        "high",
        "web_seed",
        "direct",
        "edge",
        "edge_fill",
        "viewer_upload",
        "cdn",
        "edge_metadata",
        "edge_overhead",
        "waste",
    ];

    public static int Count => Names.Length;

    /// <summary>All, each with a prefix: <c>h.low, h.high, …</c>.</summary>
    public static string List(string prefix = "") => Each(name => prefix + name);

    public static string Sums(string prefix) => Each(name => $"SUM({prefix}{name})");

    /// <summary>Places of parameters: <c>$3, $4, …</c>.</summary>
    public static string Places(int first) => string.Join(", ", Names.Select((_, i) => $"${first + i}"));

    /// <summary>For <c>ON CONFLICT DO UPDATE SET</c>: each grows by what was to be inserted.</summary>
    public static string Plus(string table) => Each(name => $"{name} = {table}.{name} + excluded.{name}");

    /// <summary>For <c>UPDATE … SET</c>: each grows by its parameter.</summary>
    public static string PlusPlaces(string prefix, int first) =>
        string.Join(", ", Names.Select((name, i) => $"{prefix}{name} = {prefix}{name} + ${first + i}"));

    /// <summary>What the row has more than the chain, of an alias <c>h</c> of <c>ledger_hour</c>; named as the columns.</summary>
    public static string Unchained() => Each(name => $"h.{name} - h.chained_{name} AS {name}");

    public static object?[] Values(in ChainFigures figures) =>
        [
            figures.Low,
            figures.High,
            figures.WebSeed,
            figures.Direct,
            figures.Edge,
            figures.EdgeFill,
            figures.ViewerUpload,
            figures.Cdn,
            figures.EdgeMetadata,
            figures.EdgeOverhead,
            figures.Waste,
        ];

    /// <param name="figure">Answers the column of a number, in their order.</param>
    public static ChainFigures Read(Func<int, long> figure) =>
        new(
            figure(0),
            figure(1),
            figure(2),
            figure(3),
            figure(4),
            figure(5),
            figure(6),
            figure(7),
            figure(8),
            figure(9),
            figure(10)
        );

    private static string Each(Func<string, string> write) => string.Join(", ", Names.Select(write));
}
