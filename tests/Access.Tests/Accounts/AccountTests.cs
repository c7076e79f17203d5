using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

public class AccountTests(ServerHost host)
{
    private const string WrongWords = "The name or the password is wrong";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_signs_in_and_a_password_can_be_set_afterwards()
    {
        // A server of its own: here the operator gets a password.
        await using var server = new ServerHost();
        await server.InitializeAsync();
        using PortalBrowser first = await PortalBrowser.OperatorAsync(server);
        string home = await first.Client.GetStringAsync("/", Stop);
        Assert.Contains("Set a password or a passkey", home, StringComparison.Ordinal);
        using PortalBrowser another = await PortalBrowser.OperatorAsync(server);

        using HttpResponseMessage set = await first.SubmitAsync(
            "/account",
            "password",
            ("Name", "ada@example.org"),
            ("Password", PortalBrowser.Password),
            ("Again", PortalBrowser.Password)
        );

        Assert.Equal("/account?saved=password", set.Headers.Location?.OriginalString);
        Assert.True(await first.IsInAsync());
        Assert.False(await another.IsInAsync());
        using var later = new PortalBrowser(server);
        using HttpResponseMessage signedIn = await later.SignInAsync("ADA@example.org", PortalBrowser.Password);
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.DoesNotContain("Set a password", await later.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);
        // The link still leads to the same account.
        using PortalBrowser byLink = await PortalBrowser.OperatorAsync(server);
        JsonElement access = await byLink.Client.GetFromJsonAsync<JsonElement>("/api/v1/access", Stop);
        Assert.Equal("ada@example.org", access.GetProperty("name").GetString());
        Assert.Contains("operate", access.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
        // A new password needs the old one.
        using HttpResponseMessage stolen = await later.SubmitAsync(
            "/account",
            "password",
            ("Name", "eve@example.org"),
            ("Current", "not the password"),
            ("Password", "another few quiet words"),
            ("Again", "another few quiet words")
        );
        Assert.Contains(
            "The password of now is wrong",
            await stolen.Content.ReadAsStringAsync(Stop),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("short", "short", "at least 12 characters")]
    [InlineData("long enough to use", "long enough to lose", "not the same")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "different characters")]
    public async Task Weak_passwords_are_refused_with_a_reason(string password, string again, string reason)
    {
        using PortalBrowser member = await host.MemberAsync("analyst");

        using HttpResponseMessage answer = await member.SubmitAsync(
            "/account",
            "password",
            ("Name", $"somebody {Guid.NewGuid():N}"),
            ("Current", PortalBrowser.Password),
            ("Password", password),
            ("Again", again)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short", "short", "mindestens 12 Zeichen")]
    [InlineData("long enough to use", "long enough to lose", "nicht gleich")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "mindestens 5 verschiedene Zeichen")]
    public async Task A_German_page_says_in_German_why_a_password_is_weak(string password, string again, string reason)
    {
        using PortalBrowser member = await host.MemberAsync("analyst");
        string name = await NameAsync(member);
        member.Client.DefaultRequestHeaders.Add("Accept-Language", "de");

        using HttpResponseMessage answer = await member.SubmitAsync(
            "/account",
            "password",
            ("Name", name),
            ("Current", PortalBrowser.Password),
            ("Password", password),
            ("Again", again)
        );

        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_the_account_also_when_they_come_together()
    {
        using PortalBrowser member = await host.MemberAsync("analyst");
        string name = await NameAsync(member);
        using var guesser = new PortalBrowser(host);
        using HttpResponseMessage nobody = await guesser.SignInAsync("nobody at all", "a guess or two");
        string unknown = await nobody.Content.ReadAsStringAsync(Stop);
        Assert.Contains(WrongWords, unknown, StringComparison.Ordinal);

        HttpResponseMessage[] guesses = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(number => guesser.SignInAsync(name, $"guess number {number}"))
        );

        foreach (HttpResponseMessage guess in guesses)
        {
            Assert.Contains(WrongWords, await guess.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            guess.Dispose();
        }
        // Now even the right one is refused, in the same words; who is in stays in.
        using HttpResponseMessage right = await guesser.SignInAsync(name, PortalBrowser.Password);
        Assert.Contains(WrongWords, await right.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.False(await guesser.IsInAsync());
        Assert.True(await member.IsInAsync());
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_and_no_other_accounts()
    {
        using PortalBrowser first = await host.MemberAsync("editor");
        using PortalBrowser other = await host.MemberAsync("editor");
        using var second = new PortalBrowser(host);
        using HttpResponseMessage signedIn = await second.SignInAsync(await NameAsync(first), PortalBrowser.Password);
        Assert.True(await second.IsInAsync());

        using HttpResponseMessage left = await first.SubmitAsync("/account", "everywhere");

        Assert.Equal("/sign-in?signed-out=1", left.Headers.Location?.OriginalString);
        Assert.False(await first.IsInAsync());
        Assert.False(await second.IsInAsync());
        Assert.True(await other.IsInAsync());
    }

    [Fact]
    public async Task One_session_is_ended_from_another_and_the_others_go_on()
    {
        using PortalBrowser here = await host.MemberAsync("analyst");
        string name = await NameAsync(here);
        using var there = new PortalBrowser(host);
        there.Client.DefaultRequestHeaders.Add(
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        );
        using HttpResponseMessage signedIn = await there.SignInAsync(name, PortalBrowser.Password);
        using var third = new PortalBrowser(host);
        using HttpResponseMessage thirdIn = await third.SignInAsync(name, PortalBrowser.Password);
        string page = await here.Client.GetStringAsync("/account", Stop);
        Assert.Contains("Firefox, Linux", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, ">this browser<"));
        // Its own it does not offer: there is "Sign out" for that.
        string[] offered = [.. Regex.Matches(page, "session-[0-9a-f]{32}").Select(match => match.Value).Distinct()];
        Assert.Equal(2, offered.Length);
        string theirs = Regex
            .Match(page, "Firefox, Linux.*?value=\"(session-[0-9a-f]{32})\"", RegexOptions.Singleline)
            .Groups[1]
            .Value;
        using PortalBrowser stranger = await host.MemberAsync("owner");
        string token = Regex
            .Match(
                await stranger.Client.GetStringAsync("/account", Stop),
                "\"__RequestVerificationToken\" value=\"([^\"]+)\""
            )
            .Groups[1]
            .Value;
        using var form = new FormUrlEncodedContent([new("_handler", theirs), new("__RequestVerificationToken", token)]);
        using HttpResponseMessage tried = await stranger.Client.PostAsync("/account", form, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, tried.StatusCode);
        Assert.True(await there.IsInAsync());

        using HttpResponseMessage ended = await here.SubmitAsync("/account", theirs);

        Assert.Equal("/account?saved=session", ended.Headers.Location?.OriginalString);
        Assert.False(await there.IsInAsync());
        Assert.True(await here.IsInAsync());
        Assert.True(await third.IsInAsync());
        // Signing out takes it off the list as well.
        using HttpResponseMessage left = await third.SubmitAsync("/account", "/sign-out");
        Assert.DoesNotMatch("session-[0-9a-f]{32}", await here.Client.GetStringAsync("/account", Stop));
    }

    [Fact]
    public async Task A_role_and_a_membership_change_at_once()
    {
        // The last owner could not be made anything else.
        using PortalBrowser remains = await host.MemberAsync("owner");
        using PortalBrowser member = await host.MemberAsync("owner");
        using HttpClient owner = host.Client(host.OperatorKey);
        string id = await IdAsync(owner, await NameAsync(member));
        Assert.Equal(HttpStatusCode.OK, (await member.Client.GetAsync("/api/v1/keys", Stop)).StatusCode);

        using HttpResponseMessage changed = await owner.PatchAsJsonAsync(
            $"/api/v1/members/{id}",
            new { role = "analyst" },
            Stop
        );

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Client.GetAsync("/api/v1/keys", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await member.Client.GetAsync("/api/v1/files", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/api/v1/members/{id}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Client.GetAsync("/api/v1/files", Stop)).StatusCode);
        Assert.True(await member.IsInAsync());
    }

    [Fact]
    public async Task The_last_owner_cannot_go()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        string id = await IdAsync(other, "other owner");

        using HttpResponseMessage lesser = await other.PatchAsJsonAsync(
            $"/api/v1/members/{id}",
            new { role = "editor" },
            Stop
        );
        using HttpResponseMessage gone = await other.DeleteAsync($"/api/v1/members/{id}", Stop);

        Assert.Equal(HttpStatusCode.Conflict, lesser.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, gone.StatusCode);
    }

    [Fact]
    public async Task An_invitation_works_once_and_not_after_it_was_withdrawn()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement one = await ServerHost.PostAsync(owner, "/api/v1/invitations", new { role = "editor" });
        string url = one.GetProperty("url").GetString()!;
        using PortalBrowser joined = await host.JoinAsync(url, $"joined {Guid.NewGuid():N}");
        using var late = new PortalBrowser(host);
        JsonElement two = await ServerHost.PostAsync(owner, "/api/v1/invitations", new { role = "editor" });
        string id = two.GetProperty("id").GetString()!;
        Assert.Equal(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/api/v1/invitations/{id}", Stop)).StatusCode);

        foreach (string used in new[] { url, two.GetProperty("url").GetString()! })
        {
            string page = await late.Client.GetStringAsync(used, Stop);
            Assert.Contains("does not work any more", page, StringComparison.Ordinal);
        }
        JsonElement access = await joined.Client.GetFromJsonAsync<JsonElement>("/api/v1/access", Stop);
        Assert.Equal(
            ["read", "upload", "manage"],
            access.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()!)
        );
    }

    [Fact]
    public async Task A_member_of_two_publishers_sees_one_at_a_time()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        string title = $"there {Guid.NewGuid():N}";
        await host.PublishAsync("there.mp4", title, host.OtherOwnerKey);
        using PortalBrowser member = await host.MemberAsync("analyst");
        Assert.DoesNotContain(title, await member.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);
        JsonElement made = await ServerHost.PostAsync(other, "/api/v1/invitations", new { role = "editor" });

        using HttpResponseMessage joined = await member.SubmitAsync(made.GetProperty("url").GetString()!, "accept");

        Assert.Equal("/", joined.Headers.Location?.OriginalString);
        Assert.Contains(title, await member.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);
        using HttpResponseMessage back = await member.SubmitAsync("/", "/publisher", ("publisher", "default"));
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.DoesNotContain(title, await member.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);
        using HttpResponseMessage forged = await (await host.MemberAsync("owner")).Client.PostAsync(
            "/publisher",
            null,
            Stop
        );
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }

    [Fact]
    public async Task Naming_a_publisher_in_a_cookie_opens_nothing()
    {
        string title = $"theirs {Guid.NewGuid():N}";
        await host.PublishAsync("theirs.mp4", title, host.OtherOwnerKey);
        using PortalBrowser member = await host.MemberAsync("owner");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/files");
        request.Headers.Add("Cookie", $"distribution-publisher={host.OtherPublisherId}");

        using HttpResponseMessage answer = await member.Client.SendAsync(request, Stop);

        Assert.DoesNotContain(title, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    private static async Task<string> NameAsync(PortalBrowser member) =>
        (await member.Client.GetFromJsonAsync<JsonElement>("/api/v1/access", Stop)).GetProperty("name").GetString()!;

    private static async Task<string> IdAsync(HttpClient owner, string name) =>
        (await owner.GetFromJsonAsync<JsonElement>("/api/v1/members", Stop))
            .GetProperty("items")
            .EnumerateArray()
            .First(member => member.GetProperty("name").GetString() == name)
            .GetProperty("id")
            .GetString()!;
}
