using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>Offers MonoTorrent to an edge's host.</summary>
public static class MonoTorrentServices
{
    /// <summary>The engine that <see cref="EdgeOptions.Engine"/> calls "monotorrent".</summary>
    public static SeedingEngineKind Kind { get; } = new("monotorrent", setup => new MonoEngine(setup));

    public static IHostApplicationBuilder AddMonoTorrent(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(Kind);
        return builder;
    }
}
