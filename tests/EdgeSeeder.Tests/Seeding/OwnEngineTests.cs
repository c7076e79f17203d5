using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

public sealed class OwnEngineTests : SeedingEngineKit
{
    private protected override EngineFactory Factory => Engines.Own;
}
