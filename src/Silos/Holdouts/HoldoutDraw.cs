using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Holdouts;

/// <summary>
/// Which viewers are kept from peers: a share of the households of each file, drawn by a keyed hash of file and household. So a viewer stays where it
/// is however often it comes, all silos draw alike, and nobody can choose his side but by changing his address. Any thread.
/// </summary>
public sealed class HoldoutDraw
{
    private volatile Drawn _drawn = new(FrozenDictionary<string, int>.Empty, []);

    /// <summary>How many percent of its viewers a publisher holds out; 0: it compares nothing.</summary>
    internal int PercentOf(string? publisherId) =>
        publisherId is not null
        && _drawn.Percents.Count > 0
        && _drawn.Percents.TryGetValue(publisherId, out int percent)
            ? percent
            : 0;

    internal bool Includes(string? publisherId, InfoHash infoHash, IPAddress address) =>
        PercentOf(publisherId) is > 0 and var percent && Draw(_drawn.Secret, infoHash, address) < percent;

    /// <param name="secret">Of all silos alike.</param>
    internal void Take(IEnumerable<KeyValuePair<string, int>> percents, byte[] secret) =>
        _drawn = new Drawn(percents.ToFrozenDictionary(), secret);

    /// <summary>0 inclusive to 100 exclusive.</summary>
    private static double Draw(byte[] secret, InfoHash infoHash, IPAddress address)
    {
        byte[] household = Encoding.ASCII.GetBytes(AccountAddress.Of(address));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, [.. infoHash.AsSpan(), .. household], hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) * (100.0 / (1L << 32));
    }

    private sealed record Drawn(FrozenDictionary<string, int> Percents, byte[] Secret);
}
