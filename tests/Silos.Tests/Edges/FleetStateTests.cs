using Distribution.Contracts.Edges;
using Distribution.Silos.Edges.Fleet;

namespace Distribution.Silos.Tests.Edges;

public sealed class FleetStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Key = EdgeNodeKey.DigestOf("key");
    private static readonly string OtherKey = EdgeNodeKey.DigestOf("other");

    private static FleetState WithTokens(params string[] tokens) =>
        tokens.Aggregate(
            new FleetState(),
            static (state, token) =>
                state.WithToken(new EnrolmentToken(EdgeNodeKey.DigestOf(token), Now.AddHours(1)), Now)
        );

    private static FleetState Enrol(
        FleetState state,
        EdgeEnrolment enrolment,
        string? refusal,
        DateTimeOffset? at = null
    )
    {
        FleetState after = state.WithNode(enrolment, at ?? Now, out string? why);
        if (refusal is null)
            Assert.Null(why);
        else
        {
            Assert.Contains(refusal, why, StringComparison.Ordinal);
            Assert.Same(state, after);
        }
        return after;
    }

    [Fact]
    public void A_token_enrols_one_node_once_and_the_same_again_is_the_same()
    {
        FleetState state = Enrol(WithTokens("a"), new EdgeEnrolment("a", "node", Key), null);

        Assert.Equal(Key, state.Find("node")!.KeyDigest);
        Assert.Empty(state.Tokens);
        Assert.Same(state, Enrol(state, new EdgeEnrolment("a", "node", Key), null));
        Enrol(state, new EdgeEnrolment("a", "node", OtherKey), "used for another key");
        Enrol(state, new EdgeEnrolment("a", "other", OtherKey), "was used");
    }

    [Fact]
    public void Tokens_that_are_old_or_made_up_enrol_nobody()
    {
        Enrol(WithTokens("a"), new EdgeEnrolment("b", "node", Key), "not known");
        Enrol(WithTokens("a"), new EdgeEnrolment("a", "node", Key), "expired", Now.AddHours(1));
        Enrol(WithTokens("a"), new EdgeEnrolment("a", "NODE", Key), "node id");
        Enrol(WithTokens("a"), new EdgeEnrolment("a", "node", "key"), "digest");
    }

    [Fact]
    public void A_name_is_taken_by_one_node_and_lost_for_good_with_it()
    {
        FleetState state = Enrol(WithTokens("a", "b"), new EdgeEnrolment("a", "node", Key), null);
        Enrol(state, new EdgeEnrolment("b", "node", OtherKey), "enrolled already");

        state = state.WithState("node", EdgeNodeState.Retired, Now);

        Assert.Null(state.Find("node")!.KeyDigest);
        Enrol(state, new EdgeEnrolment("b", "node", OtherKey), "retired");
        Enrol(state, new EdgeEnrolment("a", "node", Key), "was used");
    }

    [Fact]
    public void A_node_without_a_key_of_its_own_can_be_drained_and_enrolled_later()
    {
        FleetState state = WithTokens("a").WithState("node", EdgeNodeState.Draining, Now);

        state = Enrol(state, new EdgeEnrolment("a", "node", Key), null);

        Assert.Equal(EdgeNodeState.Draining, state.Find("node")!.State);
    }
}
