using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Announces;

/// <summary>In batches, where the system can.</summary>
[Collection(SiloCollection.Name)]
public sealed class UdpTrackerTests(SiloFixture silo) : UdpTrackerContract(silo);
