using Distribution.Contracts.Links;
using Distribution.Dashboard.Access;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Dashboard.Tests.Access;

public class SignInLinksTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SignInLinks _links;

    public SignInLinksTests()
    {
        var options = new DashboardOptions { KeysFolder = "unused", SignInLinkLifetime = TimeSpan.FromHours(24) };
        _links = new SignInLinks(options, new PublicUrls(new Uri("https://cdn.example/")), _time);
    }

    [Fact]
    public void A_link_names_the_portal_and_holds_256_random_bits()
    {
        SignInLink link = _links.Create();

        Assert.Matches("^https://cdn.example/sign-in\\?token=[A-Za-z0-9_-]{43}$", link.Url);
        Assert.NotEqual(link.Url, _links.Create().Url);
        Assert.Equal(_time.GetUtcNow().AddHours(24), link.ExpiresAt);
    }

    [Fact]
    public void Looking_uses_nothing_up_and_using_works_once()
    {
        string token = Token(_links.Create());

        Assert.True(_links.IsUsable(token));
        Assert.True(_links.IsUsable(token));
        Assert.True(_links.TryUse(token));
        Assert.False(_links.IsUsable(token));
        Assert.False(_links.TryUse(token));
    }

    [Fact]
    public void A_link_ends_with_its_lifetime()
    {
        string early = Token(_links.Create());
        string late = Token(_links.Create());
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.True(_links.TryUse(early));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_links.IsUsable(late));
        Assert.False(_links.TryUse(late));
    }

    [Fact]
    public async Task Of_many_at_once_one_is_let_in()
    {
        string token = Token(_links.Create());

        bool[] let = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => _links.TryUse(token))));

        Assert.Single(let, true);
    }

    [Fact]
    public void Unused_links_do_not_pile_up()
    {
        string first = Token(_links.Create());
        _time.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < SignInLinks.MaxUnused; i++)
            _links.Create();

        Assert.False(_links.IsUsable(first));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Other_tokens_do_not_work(string? token)
    {
        _links.Create();

        Assert.False(_links.IsUsable(token));
        Assert.False(_links.TryUse(token));
    }

    private static string Token(SignInLink link) => link.Url[(link.Url.IndexOf('=', StringComparison.Ordinal) + 1)..];
}
