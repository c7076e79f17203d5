using Distribution.EdgeSeeder.Tests.Kit;
using Distribution.EdgeSeeder.Tests.Seeding;

namespace Distribution.EdgeSeeder.Tests.MonoTorrent;

public sealed class MonoTorrentTests : SeedingEngineKit
{
    private protected override EngineFactory Factory => MonoTorrentEngines.Factory;

    private protected override EngineTraits Traits => MonoTorrentEngines.Traits;
}
