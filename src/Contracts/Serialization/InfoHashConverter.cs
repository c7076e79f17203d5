using Distribution.BitTorrent;

namespace Distribution.Contracts.Serialization;

[RegisterConverter]
public sealed class InfoHashConverter : IConverter<InfoHash, TwentyBytesSurrogate>
{
    public InfoHash ConvertFromSurrogate(in TwentyBytesSurrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[TwentyBytesSurrogate.Length];
        surrogate.CopyTo(bytes);
        return new InfoHash(bytes);
    }

    public TwentyBytesSurrogate ConvertToSurrogate(in InfoHash value) => TwentyBytesSurrogate.From(value.AsSpan());
}
