using Distribution.Contracts.Metering;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What an engine is made with.</summary>
/// <param name="Port">Where it listens; 0: the system chooses.</param>
/// <param name="Journal">Every payload byte is counted in it.</param>
internal sealed record SeedingEngineSetup(
    int Port,
    SeedingLimits Limits,
    SendJournal Journal,
    EdgeTelemetry Telemetry,
    TimeProvider Clock,
    ILogger Logger
);
