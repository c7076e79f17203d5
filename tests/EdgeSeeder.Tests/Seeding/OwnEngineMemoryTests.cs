using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

[Collection(Alone.Name)]
public sealed class OwnEngineMemoryTests : SeedingMemoryKit
{
    private protected override EngineFactory Factory => Engines.Own;
}
