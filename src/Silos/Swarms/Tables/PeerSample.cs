using Distribution.Contracts.Networks;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// Draws peers at random as a few short runs, which cost a few cache lines where single peers would cost one each. The range is a ring, cut
/// into equal sectors from a random start; each sector gives one run at a random place. So every peer has the same chance, and who
/// is drawn together differs from draw to draw.
/// </summary>
internal static class PeerSample
{
    /// <summary>Room that a draw of <see cref="MostWanted"/> may need.</summary>
    public const int MostRuns = 224;

    public const int MostWanted = 200;
    private const int PeersPerRun = 8;

    /// <summary>Looks at so many beyond what is wanted, where many may not be told.</summary>
    private const int SpareLooks = 64;

    /// <summary>Draws among the first <paramref name="range"/> positions, without <paramref name="self"/> and without repeating one.</summary>
    /// <param name="self">-1: the receiver is not among them.</param>
    /// <param name="runs">At least <see cref="MostRuns"/>.</param>
    /// <returns>How many runs.</returns>
    public static int Draw(int range, int self, int wanted, Random random, Span<PeerRun> runs)
    {
        bool hasSelf = self >= 0 && self < range;
        int others = range - (hasSelf ? 1 : 0);
        if (wanted <= 0 || others <= 0)
            return 0;
        var ring = new Ring(others, hasSelf ? self : range, runs);
        if (wanted >= others)
            ring.Add(0, others);
        else
        {
            // Where most are wanted, sectors could not hold their runs.
            int sectors = others < 2 * wanted ? 1 : Math.Max(1, wanted / PeersPerRun);
            int sectorSize = others / sectors;
            int start = random.Next(others);
            (int each, int more) = Math.DivRem(wanted, sectors);
            for (int sector = 0; sector < sectors; sector++)
            {
                int count = each + (sector < more ? 1 : 0);
                // Within the ring's length, and so at most once around.
                long place = start + (long)sector * sectorSize + random.Next(sectorSize - count + 1);
                ring.Add((int)(place < others ? place : place - others), count);
            }
        }
        return ring.Runs;
    }

    /// <summary>As <see cref="Draw"/>, of those only who may be told to a peer in <paramref name="receiver"/>; looks at a bounded number.</summary>
    public static int DrawTellable(
        FamilyPeers family,
        int range,
        int self,
        int wanted,
        AddressScope receiver,
        Random random,
        Span<PeerRun> runs
    )
    {
        int drawn = 0;
        if (range == 0)
            return 0;
        int position = random.Next(range);
        int step = StrideFor(range, random);
        for (int looks = Math.Min(range, 4 * wanted + SpareLooks); looks > 0 && drawn < wanted; looks--)
        {
            if (position != self && AddressScopes.MayTell(family.ScopeAt(position), receiver))
                runs[drawn++] = new PeerRun(position, 1);
            position = (int)(((long)position + step) % range);
        }
        return drawn;
    }

    /// <summary>A stride that comes by every position once.</summary>
    public static int StrideFor(int range, Random random)
    {
        int stride = range <= 2 ? 1 : random.Next(1, range);
        while (GreatestCommonDivisor(stride, range) != 1)
            stride = stride % range + 1;
        return stride;
    }

    private static int GreatestCommonDivisor(int left, int right)
    {
        while (right != 0)
            (left, right) = (right, left % right);
        return left;
    }

    /// <summary>The others as a ring: position <paramref name="gap"/>, the receiver's, is not in it.</summary>
    private ref struct Ring(int size, int gap, Span<PeerRun> runs)
    {
        private readonly Span<PeerRun> _runs = runs;

        public int Runs { get; private set; }

        public void Add(int start, int count)
        {
            int first = Math.Min(count, size - start);
            AddStraight(start, first);
            if (count > first)
                AddStraight(0, count - first);
        }

        private void AddStraight(int start, int count)
        {
            int before = Math.Clamp(gap - start, 0, count);
            if (before > 0)
                _runs[Runs++] = new PeerRun(start, before);
            if (count > before)
                _runs[Runs++] = new PeerRun(start + before + 1, count - before);
        }
    }
}
