using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class SelectionRulesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_share_that_is_none_is_refused(int percent)
    {
        Assert.Single(new SelectionOptions { OutsidersPercent = percent }.Problems());
    }

    [Fact]
    public void An_unknown_policy_is_refused_and_the_known_ones_are_named()
    {
        string problem = Assert.Single(new SelectionOptions { Policies = ["near", "nearest"] }.Problems());

        Assert.Contains("\"nearest\"", problem, StringComparison.Ordinal);
        Assert.Contains("near, useful", problem, StringComparison.Ordinal);
        Assert.Empty(new SelectionOptions().Problems());
    }

    [Fact]
    public void Optional_policies_are_there_only_if_wanted()
    {
        string[] firm = ["publishers-word", "edges-for-leechers", "leechers-for-seeds", "outsiders"];

        Assert.Equal(firm, SelectionPolicies.Of(new SelectionOptions { Policies = [] }).Names);
        Assert.Equal(
            firm.Concat(["near", "useful"]).Order(StringComparer.Ordinal),
            SelectionPolicies.Of(new SelectionOptions()).Names.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_policy_says_what_it_overrides()
    {
        foreach (
            Type type in typeof(SelectionPolicy)
                .Assembly.GetTypes()
                .Where(static type => type.IsSubclassOf(typeof(SelectionPolicy)))
        )
        {
            SelectionPolicy policy =
                type == typeof(Outsiders) ? new Outsiders(25) : (SelectionPolicy)Activator.CreateInstance(type)!;
            foreach (PolicySays what in Enum.GetValues<PolicySays>().Where(static what => what != PolicySays.None))
            {
                bool overrides = type.GetMethod(what.ToString())!.DeclaringType == type;
                Assert.True(overrides == policy.Says.HasFlag(what), $"{type.Name}: {what}");
            }
        }
    }

    [Fact]
    public void What_a_closed_shard_has_told_stays_in_the_sum()
    {
        var rules = new SelectionRules(new SelectionOptions(), null);
        SwarmSelection first = rules.Open();
        SwarmSelection second = rules.Open();
        Tell(first, times: 3 * ToldPeers.Sample);
        Tell(second, times: ToldPeers.Sample);

        Assert.Equal(4 * ToldPeers.Sample, rules.Told(Nearness.Prefix));
        first.Close();
        first.Close();
        Assert.Equal(4 * ToldPeers.Sample, rules.Told(Nearness.Prefix));
        Assert.Equal(0, rules.Told(Nearness.Other));
    }

    [Fact]
    public void An_announce_allocates_nothing()
    {
        foreach (int peers in (int[])[20, 60, 5000])
        {
            var swarm = new SelectedSwarm();
            for (int i = 0; i < peers; i++)
                swarm.Add(
                    $"{20 + i % 7}.{i / 1000}.{i / 100 % 10}.{i % 100 + 1}:{i / 5000 + 1}",
                    i % 3 == 0 ? 0.01 : 0.5
                );
            Receiver receiver = swarm.ReceiverOf("20.0.0.1:1");
            var selection = new SwarmSelection(SelectionPolicies.Of(new SelectionOptions()), null, new ToldPeers());
            byte[] reply = new byte[300];
            selection.Follow(receiver);
            selection.For(receiver, null).Write(50, reply);

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                selection.Follow(receiver);
                selection.For(receiver, null).Write(50, reply);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static void Tell(SwarmSelection selection, int times)
    {
        var swarm = new SelectedSwarm();
        swarm.Add("1.1.1.1:1");
        swarm.Add("1.1.1.2:1");
        byte[] reply = new byte[300];
        for (int i = 0; i < times; i++)
            Assert.Equal(6, selection.For(swarm.ReceiverOf("1.1.1.1:1"), null).Write(50, reply));
    }
}
