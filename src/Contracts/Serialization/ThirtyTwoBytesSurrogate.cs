namespace Distribution.Contracts.Serialization;

/// <summary>How 32-byte values travel between silos: the BitTorrent library itself knows no Orleans.</summary>
[GenerateSerializer, Immutable]
public struct ThirtyTwoBytesSurrogate
{
    [Id(0)]
    public ulong First { get; set; }

    [Id(1)]
    public ulong Second { get; set; }

    [Id(2)]
    public ulong Third { get; set; }

    [Id(3)]
    public ulong Fourth { get; set; }
}
