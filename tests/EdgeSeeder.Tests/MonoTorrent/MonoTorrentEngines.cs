using Distribution.EdgeSeeder.MonoTorrent;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.EdgeSeeder.Tests.MonoTorrent;

/// <summary>The MonoTorrent engine under the kit; compiled with -p:TorrentEngine=MonoTorrent alone.</summary>
internal static class MonoTorrentEngines
{
    /// <summary>It lacks all that an engine may lack.</summary>
    public const EngineTraits Traits = EngineTraits.None;

    public static EngineFactory Factory { get; } =
        (limits, journal, telemetry, clock) =>
            MonoTorrentServices.Kind.Create(
                new SeedingEngineSetup(0, limits, journal, telemetry, clock, NullLogger.Instance)
            );
}
