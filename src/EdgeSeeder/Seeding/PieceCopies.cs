using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Counts how often each piece of a torrent is held, up to <see cref="Most"/>.</summary>
public sealed class PieceCopies(int pieces)
{
    /// <summary>Beyond, nobody counts.</summary>
    public const int Most = 3;

    // At the place of n: the pieces that more than n hold.
    private readonly byte[][] _heldBy = [.. Enumerable.Range(0, Most).Select(_ => new byte[Bitfield.BytesFor(pieces)])];

    /// <summary>One more who holds these; read as they are now, while another thread may set some.</summary>
    public void Add(Bitfield held)
    {
        ReadOnlySpan<byte> bits = held.AsSpan();
        for (int i = 0; i < bits.Length; i++)
        {
            byte carry = bits[i];
            foreach (byte[] more in _heldBy)
            {
                byte before = more[i];
                more[i] |= carry;
                carry &= before;
            }
        }
    }

    /// <summary>One more who holds everything.</summary>
    public void AddAll()
    {
        var all = new Bitfield(pieces);
        all.SetAll();
        Add(all);
    }

    /// <summary>How many hold the rarest piece.</summary>
    public int Least
    {
        get
        {
            int least = 0;
            while (least < Most && IsFull(_heldBy[least]))
                least++;
            return least;
        }
    }

    private bool IsFull(byte[] bits)
    {
        int whole = pieces / 8;
        return bits.AsSpan(0, whole).IndexOfAnyExcept((byte)0xFF) < 0
            && (pieces % 8 == 0 || bits[whole] == (byte)(0xFF << (8 - pieces % 8)));
    }
}
