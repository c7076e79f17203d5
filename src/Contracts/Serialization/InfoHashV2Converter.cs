using System.Runtime.InteropServices;
using Distribution.BitTorrent;

namespace Distribution.Contracts.Serialization;

[RegisterConverter]
public sealed class InfoHashV2Converter : IConverter<InfoHashV2, ThirtyTwoBytesSurrogate>
{
    public InfoHashV2 ConvertFromSurrogate(in ThirtyTwoBytesSurrogate surrogate) =>
        new(MemoryMarshal.AsBytes(new ReadOnlySpan<ThirtyTwoBytesSurrogate>(in surrogate)));

    public ThirtyTwoBytesSurrogate ConvertToSurrogate(in InfoHashV2 value) =>
        MemoryMarshal.Read<ThirtyTwoBytesSurrogate>(value.AsSpan());
}
