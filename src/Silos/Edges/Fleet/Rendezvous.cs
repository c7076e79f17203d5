using System.Buffers.Binary;
using System.Text;
using Distribution.BitTorrent;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>
/// Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights by the logarithmic method): each swarm goes to the nodes with the
/// largest scores. A node that comes or goes moves only what it takes or had, and each gets swarms in proportion to its weight.
/// </summary>
internal static class Rendezvous
{
    public static double ScoreOf(string nodeId, in InfoHash infoHash, double weight)
    {
        ulong node = 14695981039346656037;
        foreach (byte letter in Encoding.UTF8.GetBytes(nodeId))
            node = (node ^ letter) * 1099511628211;
        ulong mixed = Mix(Mix(node) ^ BinaryPrimitives.ReadUInt64BigEndian(infoHash.AsSpan()));
        // In (0, 1): neither end has a logarithm to divide by.
        double drawn = ((mixed >> 11) + 0.5) / (1UL << 53);
        return -weight / Math.Log(drawn);
    }

    // The finisher of splitmix64 (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
