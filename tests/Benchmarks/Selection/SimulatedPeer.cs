using System.Net;
using System.Numerics;
using Distribution.BitTorrent;

namespace Distribution.Selection;

/// <summary>One viewer, or the seed that is always there.</summary>
internal sealed class SimulatedPeer(int number, int network, IPEndPoint endpoint, int uploadPerSecond)
{
    public const int Pieces = 400;

    /// <summary>Pieces a second.</summary>
    public const int DownloadPerSecond = 32;
    public const int MostLinks = 60;

    private readonly ulong[] _held = new ulong[(Pieces + 63) / 64];

    public int Number => number;

    /// <summary>-1: the seed's own.</summary>
    public int Network => network;

    public IPEndPoint Endpoint => endpoint;

    public PeerId Id { get; } = new(System.Text.Encoding.ASCII.GetBytes($"-XX0001-{number:000000000000}"));

    /// <summary>Pieces a second.</summary>
    public int UploadPerSecond => uploadPerSecond;

    public List<SimulatedPeer> Links { get; } = [];

    public List<SimulatedPeer> Unchoked { get; } = [];

    /// <summary>Pieces had from a peer since the last choice of whom to unchoke.</summary>
    public Dictionary<SimulatedPeer, int> From { get; } = [];

    public int Held { get; private set; }

    public bool IsSeed => Held == Pieces;

    public bool IsHere { get; set; }

    public int JoinedAt { get; set; }

    /// <summary>Second; -1: not yet.</summary>
    public int CompletedAt { get; set; } = -1;

    public int LeavesAt { get; set; } = int.MaxValue;

    public int AnnouncesAt { get; set; }

    /// <summary>Pieces it may still take in this second.</summary>
    public int Room { get; set; }

    /// <summary>How often others were told of it.</summary>
    public int Told { get; set; }

    public bool Has(int piece) => (_held[piece >> 6] & 1UL << (piece & 63)) != 0;

    public void Take(int piece)
    {
        _held[piece >> 6] |= 1UL << (piece & 63);
        Held++;
    }

    public void TakeAll()
    {
        for (int piece = 0; piece < Pieces; piece++)
            Take(piece);
    }

    public bool Wants(SimulatedPeer from)
    {
        for (int i = 0; i < _held.Length; i++)
        {
            if ((from._held[i] & ~_held[i]) != 0)
                return true;
        }
        return false;
    }

    /// <summary>The rarest of a few that it lacks and <paramref name="from"/> has, at random; -1: none.</summary>
    public int Choose(SimulatedPeer from, int[] copies, Random random)
    {
        const int Looks = 6;
        int best = -1;
        int lacking = 0;
        for (int i = 0; i < _held.Length; i++)
            lacking += BitOperations.PopCount(from._held[i] & ~_held[i]);
        for (int look = 0; look < Looks && lacking > 0; look++)
        {
            int piece = At(from, random.Next(lacking));
            if (best < 0 || copies[piece] < copies[best])
                best = piece;
        }
        return best;
    }

    private int At(SimulatedPeer from, int which)
    {
        for (int i = 0; ; i++)
        {
            ulong word = from._held[i] & ~_held[i];
            int count = BitOperations.PopCount(word);
            if (which >= count)
            {
                which -= count;
                continue;
            }
            for (; which > 0; which--)
                word &= word - 1;
            return i * 64 + BitOperations.TrailingZeroCount(word);
        }
    }
}
