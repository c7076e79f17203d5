using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Announces;

/// <summary>A packet at a time, by the runtime's own sockets.</summary>
public sealed class PortableUdpTrackerTests(PortableUdpFixture silo)
    : UdpTrackerContract(silo),
        IClassFixture<PortableUdpFixture>;
