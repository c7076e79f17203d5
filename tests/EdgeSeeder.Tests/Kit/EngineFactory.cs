using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>Makes an engine under test, not started, on a port of the system's choice.</summary>
internal delegate ISeedingEngine EngineFactory(
    SeedingLimits limits,
    SendJournal journal,
    EdgeTelemetry telemetry,
    TimeProvider clock
);

internal static class Engines
{
    public static EngineFactory Own { get; } =
        (limits, journal, telemetry, clock) =>
            new SeedingEngine(0, limits, journal, telemetry, clock, NullLogger.Instance);
}
