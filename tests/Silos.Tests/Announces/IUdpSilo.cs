using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Announces;

/// <summary>A silo with a UDP tracker.</summary>
public interface IUdpSilo
{
    internal SiloHost Host { get; }
}
