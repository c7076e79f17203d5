using Distribution.EdgeSeeder.Seeding;
#if MONOTORRENT
using Distribution.EdgeSeeder.MonoTorrent;
#endif

namespace Distribution.Standalone.Seeding;

/// <summary>The engines of an edge that this program was built with: ours, and MonoTorrent where it was asked for at the build.</summary>
internal static class EdgeEngines
{
    private const string OnDemand = "monotorrent";

    public static string Default => SeedingEngineKind.Own.Name;

    public static IReadOnlyList<string> Names { get; } =
    [
        SeedingEngineKind.Own.Name,
#if MONOTORRENT
        MonoTorrentServices.Kind.Name,
#endif
    ];

    /// <summary>Why an edge cannot have an engine, for people; null: it can.</summary>
    public static string? Problem(string engine)
    {
        if (Names.Contains(engine))
            return null;
        return engine == OnDemand
            ? $"\"{engine}\" is not in this program: it was built without -p:TorrentEngine=MonoTorrent."
            : $"\"{engine}\" is no engine; there is {string.Join(", ", Names)}.";
    }

    /// <summary>Makes them known to the edge of this host.</summary>
    public static IHostApplicationBuilder AddEdgeEngines(this IHostApplicationBuilder builder)
    {
#if MONOTORRENT
        builder.AddMonoTorrent();
#endif
        return builder;
    }
}
