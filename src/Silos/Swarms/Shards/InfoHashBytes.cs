using System.Buffers.Binary;
using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Compares info-hashes by their bytes, and hashes them by the first: they are digests already. Only for tables that hold nothing but published
/// files' info-hashes, which no stranger can choose.
/// </summary>
internal sealed class InfoHashBytes : IEqualityComparer<InfoHash>
{
    public static readonly InfoHashBytes Comparer = new();

    public bool Equals(InfoHash x, InfoHash y) => x.AsSpan().SequenceEqual(y.AsSpan());

    // Not the bytes that choose the shard, as those are alike within one.
    public int GetHashCode(InfoHash obj) => BinaryPrimitives.ReadInt32LittleEndian(obj.AsSpan()[8..]);
}
