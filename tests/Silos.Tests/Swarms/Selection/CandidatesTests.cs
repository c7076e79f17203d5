using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class CandidatesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_best_are_taken_in_order_each_once(int seed)
    {
        var random = new Random(seed);
        CandidateSpace space = default;
        for (int round = 0; round < 2000; round++)
        {
            var candidates = new Candidates(ref space);
            var taken = new List<int>();
            for (int draw = 0; draw < 3; draw++)
            {
                candidates.Begin(Draw.Proposed);
                var model = new List<(int Position, int Rating)>();
                for (int i = random.Next(60); i > 0; i--)
                {
                    int position = random.Next(3000);
                    sbyte rating = random.Next(8) == 0 ? Candidates.Never : (sbyte)random.Next(Candidates.Ratings);
                    candidates.Add(position, rating);
                    if (!taken.Contains(position) && model.TrueForAll(one => one.Position != position))
                        model.Add((position, rating));
                }
                Assert.Equal(model.Select(static one => one.Position), candidates.Positions.ToArray());
                int most = random.Next(50);
                candidates.TakeBest(most);
                // LINQ's order is stable, as ours is.
                taken.AddRange(
                    model
                        .Where(static one => one.Rating != Candidates.Never)
                        .OrderByDescending(static one => one.Rating)
                        .Take(most)
                        .Select(static one => one.Position)
                );
                Assert.Equal(taken, candidates.TakenPositions.ToArray());
            }
        }
    }

    [Fact]
    public void What_has_no_room_is_left_out()
    {
        CandidateSpace space = default;
        var candidates = new Candidates(ref space);
        for (int position = 0; position < 2 * Candidates.Room; position++)
            candidates.Add(position, 0);

        Assert.Equal(Candidates.Room, candidates.Count);
        candidates.TakeFirst(7);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], candidates.TakenPositions.ToArray());
    }

    [Fact]
    public void All_who_must_not_be_told_are_not()
    {
        CandidateSpace space = default;
        var candidates = new Candidates(ref space);
        for (int position = 0; position < 20; position++)
            candidates.Add(position, Candidates.Never);

        candidates.TakeBest(10);

        Assert.Equal(0, candidates.Taken);
    }
}
