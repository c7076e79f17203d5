using Distribution.EdgeSeeder.Tests.Kit;
using Distribution.EdgeSeeder.Tests.Seeding;

namespace Distribution.EdgeSeeder.Tests.MonoTorrent;

[Collection(Alone.Name)]
public sealed class MonoTorrentMemoryTests : SeedingMemoryKit
{
    private protected override EngineFactory Factory => MonoTorrentEngines.Factory;

    private protected override EngineTraits Traits => MonoTorrentEngines.Traits;
}
