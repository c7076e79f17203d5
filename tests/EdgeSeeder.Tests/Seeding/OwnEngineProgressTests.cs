using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

public sealed class OwnEngineProgressTests : SeedingProgressKit
{
    private protected override EngineFactory Factory => Engines.Own;
}
