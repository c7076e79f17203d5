using Distribution.BitTorrent;

namespace Distribution.Contracts.Serialization;

[RegisterConverter]
public sealed class PeerIdConverter : IConverter<PeerId, TwentyBytesSurrogate>
{
    public PeerId ConvertFromSurrogate(in TwentyBytesSurrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[TwentyBytesSurrogate.Length];
        surrogate.CopyTo(bytes);
        return new PeerId(bytes);
    }

    public TwentyBytesSurrogate ConvertToSurrogate(in PeerId value) => TwentyBytesSurrogate.From(value.AsSpan());
}
