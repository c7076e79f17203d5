using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

/// <summary>One's own account by the API: what the page "Account" does, with the same session.</summary>
public class AccountApiTests(ServerHost host)
{
    private const string Account = "/api/v1/account";
    private const string Sessions = Account + "/sessions";
    private const string NewPassword = "four louder words here";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_is_changed_with_the_present_one_and_other_browsers_are_out()
    {
        using PortalBrowser here = await host.MemberAsync("analyst");
        string name = await NameAsync(here);
        using PortalBrowser there = await SignInAsync(name, PortalBrowser.Password);
        using PortalBrowser other = await host.MemberAsync("analyst");

        await AssertPasswordAsync(here, "not the password", NewPassword, 403, "wrong-password");
        await AssertPasswordAsync(here, null, NewPassword, 403, "wrong-password");
        await AssertPasswordAsync(here, PortalBrowser.Password, "short", 400, "invalid-request");
        await AssertPasswordAsync(here, PortalBrowser.Password, NewPassword, 409, "taken", await NameAsync(other));
        Assert.True(await there.IsInAsync());
        using HttpResponseMessage set = await here.Client.PutAsJsonAsync(
            $"{Account}/password",
            new { current = PortalBrowser.Password, password = NewPassword },
            Stop
        );

        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.True(await here.IsInAsync());
        Assert.False(await there.IsInAsync());
        Assert.True(await other.IsInAsync());
        using PortalBrowser later = await SignInAsync(name, NewPassword);
        Assert.True(await later.IsInAsync());
        using PortalBrowser old = await SignInAsync(name, PortalBrowser.Password);
        Assert.False(await old.IsInAsync());
        Assert.Equal(
            ["session.refused", "session.started", "account.password-set", "session.started"],
            (await ActionsAsync(name)).Take(4)
        );
    }

    [Fact]
    public async Task A_password_is_set_of_the_account_as_it_was_read_or_not_at_all()
    {
        using PortalBrowser member = await host.MemberAsync("analyst");
        using HttpResponseMessage read = await member.Client.GetAsync(Account, Stop);
        string tag = read.Headers.ETag!.ToString();
        string name = $"renamed {Guid.NewGuid():N}";

        HttpStatusCode renamed = await SetAsync(PortalBrowser.Password, NewPassword, name);
        HttpStatusCode late = await SetAsync(NewPassword, PortalBrowser.Password, "too late");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.PreconditionFailed), (renamed, late));
        Assert.Equal(name, await NameAsync(member));
        using PortalBrowser later = await SignInAsync(name, NewPassword);
        Assert.True(await later.IsInAsync());

        async Task<HttpStatusCode> SetAsync(string current, string password, string newName)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"{Account}/password");
            request.Headers.TryAddWithoutValidation("If-Match", tag);
            request.Content = JsonContent.Create(
                new
                {
                    current,
                    password,
                    name = newName,
                }
            );
            using HttpResponseMessage answer = await member.Client.SendAsync(request, Stop);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_one_by_one_all_others_and_all()
    {
        using PortalBrowser here = await host.MemberAsync("analyst");
        string name = await NameAsync(here);
        using PortalBrowser second = await SignInAsync(name, PortalBrowser.Password);
        using PortalBrowser third = await SignInAsync(name, PortalBrowser.Password);
        using PortalBrowser fourth = await SignInAsync(name, PortalBrowser.Password);
        using PortalBrowser stranger = await host.MemberAsync("owner");
        string secondId = await OwnSessionAsync(second);
        Assert.Equal(
            4,
            (await here.Client.GetFromJsonAsync<JsonElement>(Sessions, Stop)).GetProperty("items").GetArrayLength()
        );
        JsonElement page = await here.Client.GetFromJsonAsync<JsonElement>($"{Sessions}?limit=3", Stop);
        Assert.Equal(3, page.GetProperty("items").GetArrayLength());
        JsonElement rest = await here.Client.GetFromJsonAsync<JsonElement>(
            $"{Sessions}?cursor={page.GetProperty("nextCursor").GetString()}",
            Stop
        );
        // The last page has the first that was opened: this one.
        JsonElement own = Assert.Single(rest.GetProperty("items").EnumerateArray());
        Assert.True(own.GetProperty("isCurrent").GetBoolean());
        Assert.Equal("invitation", own.GetProperty("way").GetString());

        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(stranger, $"{Sessions}/{secondId}"));
        Assert.Equal(HttpStatusCode.BadRequest, await DeleteAsync(here, $"{Sessions}?which=mine"));
        Assert.True(await second.IsInAsync());
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(here, $"{Sessions}/{secondId}"));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(here, $"{Sessions}/{secondId}"));
        Assert.False(await second.IsInAsync());
        // One's own: that is to sign out.
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(third, $"{Sessions}/{await OwnSessionAsync(third)}"));
        Assert.False(await third.IsInAsync());
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(here, $"{Sessions}?which=others"));
        Assert.False(await fourth.IsInAsync());
        Assert.True(await here.IsInAsync());
        using PortalBrowser fifth = await SignInAsync(name, PortalBrowser.Password);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(here, Sessions));
        Assert.False(await here.IsInAsync());
        Assert.False(await fifth.IsInAsync());

        Assert.True(await stranger.IsInAsync());
        Assert.Equal(
            ["session.ended-everywhere", "session.started", "session.ended-others", "session.ended", "session.ended"],
            (await ActionsAsync(name)).Take(5)
        );
    }

    [Fact]
    public async Task An_invitation_is_taken_once_by_who_is_signed_in()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        JsonElement made = await ServerHost.PostAsync(other, "/api/v1/invitations", new { role = "editor" });
        string token = made.GetProperty("url").GetString()!.Split("token=")[1];
        using PortalBrowser member = await host.MemberAsync("analyst");

        JsonElement joined = await ServerHost.PostAsync(member.Client, $"{Account}/memberships", new { token });

        Assert.Equal(host.OtherPublisherId, joined.GetProperty("id").GetString());
        JsonElement account = await member.Client.GetFromJsonAsync<JsonElement>(Account, Stop);
        Assert.Contains(
            ("The other one", "editor"),
            account
                .GetProperty("publishers")
                .EnumerateArray()
                .Select(one => (one.GetProperty("name").GetString()!, one.GetProperty("role").GetString()!))
        );
        Assert.True(account.GetProperty("hasPassword").GetBoolean());
        using HttpResponseMessage again = await member.Client.PostAsJsonAsync(
            $"{Account}/memberships",
            new { token },
            Stop
        );
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_passkey_that_no_browser_made_is_refused()
    {
        using PortalBrowser member = await host.MemberAsync("analyst");
        foreach (object wish in new object[] { new { name = "x" }, new { credential = new { id = "x" } } })
        {
            using HttpResponseMessage answer = await member.Client.PostAsJsonAsync($"{Account}/passkeys", wish, Stop);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            // Now with options.
            using HttpResponseMessage options = await member.Client.PostAsync(
                $"{Account}/passkeys/options",
                null,
                Stop
            );
            JsonElement made = await options.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.NotEmpty(made.GetProperty("challenge").GetString()!);
        }
    }

    private async Task<PortalBrowser> SignInAsync(string name, string password)
    {
        var browser = new PortalBrowser(host);
        using HttpResponseMessage answer = await browser.SignInAsync(name, password);
        return browser;
    }

    private static async Task<string> NameAsync(PortalBrowser member) =>
        (await member.Client.GetFromJsonAsync<JsonElement>(Account, Stop)).GetProperty("name").GetString()!;

    private static async Task<string> OwnSessionAsync(PortalBrowser browser) =>
        (await browser.Client.GetFromJsonAsync<JsonElement>(Sessions, Stop))
            .GetProperty("items")
            .EnumerateArray()
            .Single(session => session.GetProperty("isCurrent").GetBoolean())
            .GetProperty("id")
            .GetString()!;

    private static async Task<HttpStatusCode> DeleteAsync(PortalBrowser browser, string path)
    {
        using HttpResponseMessage answer = await browser.Client.DeleteAsync(path, Stop);
        return answer.StatusCode;
    }

    private static async Task AssertPasswordAsync(
        PortalBrowser browser,
        string? current,
        string password,
        int status,
        string problem,
        string? name = null
    )
    {
        using HttpResponseMessage answer = await browser.Client.PutAsJsonAsync(
            $"{Account}/password",
            new
            {
                current,
                password,
                name,
            },
            Stop
        );
        Assert.Equal(status, (int)answer.StatusCode);
        JsonElement said = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal($"urn:distribution:problem:{problem}", said.GetProperty("type").GetString());
    }

    /// <summary>What the server's log has of an account, newest first.</summary>
    private async Task<IEnumerable<string>> ActionsAsync(string name)
    {
        using HttpClient operators = host.Client(host.OperatorKey);
        var actions = new List<string>();
        string? cursor = null;
        do
        {
            JsonElement page = await operators.GetFromJsonAsync<JsonElement>(
                $"/api/v1/server/audit?limit=200&cursor={cursor}",
                Stop
            );
            actions.AddRange(
                page.GetProperty("items")
                    .EnumerateArray()
                    .Where(entry => entry.GetProperty("actor").GetString() == name)
                    .Select(entry => entry.GetProperty("action").GetString()!)
            );
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return actions;
    }
}
