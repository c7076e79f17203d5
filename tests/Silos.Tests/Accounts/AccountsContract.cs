using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Distribution.Silos.Accounts;
using Distribution.Silos.State;
using Distribution.Silos.Swarms;
using Distribution.Silos.Tests.State;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Accounts;

/// <summary>What accounts, publishers, keys and the log do, on every store of the state.</summary>
public abstract class AccountsContract : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private ITestStore? _store;
    private StateDatabase? _database;
    private AccountTable _accounts = null!;
    private SessionTable _sessions = null!;
    private PublisherTable _publishers = null!;
    private ApiKeyTable _keys = null!;
    private AuditLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _store = NewStore();
        _database = await _store.OpenAsync();
        _accounts = new AccountTable(_database);
        _sessions = new SessionTable(_database, _clock);
        _publishers = new PublisherTable(_database, _clock);
        _keys = new ApiKeyTable(_database, _clock);
        _log = new AuditLog(_database);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync();
        _store?.Dispose();
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task An_account_is_found_by_all_its_names_until_it_loses_them()
    {
        Account ada = NewAccount("ada");
        ada.Logins.Add(new AccountLogin("https://issuer", "sub", "Ada"));
        ada.Passkeys.Add(NewPasskey(1));
        Assert.Equal(AccountChange.Done, await _accounts.StoreAsync(ada));

        Account found = (await _accounts.FindByNameAsync("ADA"))!;
        Assert.Equal(1, found.Version);
        Assert.Equal("ada", (await _accounts.FindByLoginAsync("https://issuer", "sub"))!.Id);
        Assert.Equal([9, 1], (await _accounts.FindByPasskeyAsync([7, 1]))!.Passkeys[0].PublicKey);
        Assert.Null(await _accounts.FindByLoginAsync("https://issuer:", "sub"));

        found.NormalizedName = "LOVELACE";
        found.Logins.Clear();
        Assert.Equal(AccountChange.Done, await _accounts.StoreAsync(found));
        Assert.Null(await _accounts.FindByNameAsync("ADA"));
        Assert.Null(await _accounts.FindByLoginAsync("https://issuer", "sub"));
        Assert.Equal(2, (await _accounts.FindAsync("ada"))!.Version);
    }

    [Fact]
    public async Task Of_two_changes_of_one_state_the_second_is_refused()
    {
        await _accounts.StoreAsync(NewAccount("ada"));
        Account first = (await _accounts.FindAsync("ada"))!;
        Account second = (await _accounts.FindAsync("ada"))!;
        first.FailedSignIns = 1;
        second.FailedSignIns = 5;

        Assert.Equal(AccountChange.Done, await _accounts.StoreAsync(first));
        Assert.Equal(AccountChange.Conflict, await _accounts.StoreAsync(second));
        Assert.Equal(AccountChange.Conflict, await _accounts.StoreAsync(NewAccount("ada")));

        Assert.Equal(1, (await _accounts.FindAsync("ada"))!.FailedSignIns);
    }

    [Fact]
    public async Task A_name_or_a_passkey_is_one_accounts_alone()
    {
        Account ada = NewAccount("ada");
        ada.Passkeys.Add(NewPasskey(1));
        await _accounts.StoreAsync(ada);
        Account eve = NewAccount("eve");
        eve.NormalizedName = "ADA";
        Account mallory = NewAccount("mallory");
        mallory.Passkeys.Add(NewPasskey(1));

        Assert.Equal(AccountChange.Taken, await _accounts.StoreAsync(eve));
        Assert.Equal(AccountChange.Taken, await _accounts.StoreAsync(mallory));

        Assert.Null(await _accounts.FindAsync("eve"));
        Assert.Equal("ada", (await _accounts.FindByPasskeyAsync([7, 1]))!.Id);
    }

    [Fact]
    public async Task What_was_there_before_accounts_is_the_default_publishers()
    {
        Publisher only = Assert.Single(await _publishers.ListAsync());

        Assert.Equal(Publishers.Default, only.Id);
        Assert.Equal(0, only.Members);
    }

    [Fact]
    public async Task A_quota_is_kept_and_its_absence_too()
    {
        Assert.Null(await _publishers.FindAsync(Publishers.Default));
        foreach (long? quota in (long?[])[5_000_000_000_000, 0, null])
        {
            Assert.Equal(
                AccountChange.Done,
                await _publishers.ChangeAsync(QuotaOf(Publishers.Default, quota), Entry("quota"), Entry("peers"))
            );
            Assert.Equal(quota, await _publishers.FindAsync(Publishers.Default));
            Assert.Equal(quota, Assert.Single(await _publishers.ListAsync()).QuotaBytes);
        }
        Assert.Equal(
            AccountChange.Unknown,
            await _publishers.ChangeAsync(QuotaOf("nobody", 1), Entry("x"), Entry("x"))
        );
        // Made of what was read, or not at all, and then not in the log.
        PublisherChange stale = QuotaOf(Publishers.Default, 7) with
        {
            IfStill = new PublisherTerms(5, false),
        };
        Assert.Equal(AccountChange.Conflict, await _publishers.ChangeAsync(stale, Entry("x"), Entry("x")));
        Assert.Null(await _publishers.FindAsync("nobody"));
        Assert.Equal(3, (await _log.ListAsync(null, null, 10)).Entries.Count);
    }

    [Fact]
    public async Task Switches_are_kept_with_one_entry_a_change()
    {
        var table = new PeerSwitchTable(_database!);
        using var switches = new PeerSwitches(table.ReadAsync);
        await switches.FollowAsync();
        Assert.False(switches.IsOffFor("one"));

        await table.SetAsync("one", true, Entry("peers.switched-off"));
        await table.SetAsync("one", true, Entry("peers.switched-off"));
        await switches.FollowAsync();
        Assert.True(switches.IsOffFor("one"));
        Assert.False(switches.IsOffFor("two"));

        await table.SetAsync(null, true, Entry("peers.switched-off"));
        await switches.FollowAsync();
        Assert.True(switches.IsOffFor("two"));
        Assert.Equal((true, "one"), (switches.Now.IsOffForAll, Assert.Single(switches.Now.PublishersOff)));

        await table.SetAsync(null, false, Entry("peers.switched-on"));
        await table.SetAsync("one", false, Entry("peers.switched-on"));
        await switches.FollowAsync();
        Assert.False(switches.IsOffFor("one"));
        Assert.Equal(4, (await _log.ListAsync(null, null, 10)).Entries.Count);
    }

    [Fact]
    public async Task An_invitation_is_used_once_in_its_time_and_never_lowers_a_role()
    {
        await _accounts.StoreAsync(NewAccount("ada"));
        await InviteAsync("one", MemberRole.Editor);
        await InviteAsync("two", MemberRole.Analyst);
        await InviteAsync("late", MemberRole.Owner);

        Assert.Equal(AccountChange.Done, await _publishers.AcceptAsync("one", "ada", Entry("join")));
        Assert.Equal(AccountChange.Unknown, await _publishers.AcceptAsync("one", "ada", Entry("join")));
        Assert.Equal(AccountChange.Done, await _publishers.AcceptAsync("two", "ada", Entry("join")));
        _clock.Advance(TimeSpan.FromDays(8));
        Assert.Null(await _publishers.FindInvitationAsync("late"));
        Assert.Equal(AccountChange.Unknown, await _publishers.AcceptAsync("late", "ada", Entry("join")));

        Member member = Assert.Single(await _publishers.ListMembersAsync(Publishers.Default));
        Assert.Equal(("ada", MemberRole.Editor), (member.Name, member.Role));
        AccountSession session = (await _accounts.ReadSessionAsync("ada"))!;
        Assert.Equal(
            [(Publishers.Default, MemberRole.Editor)],
            session.Memberships.Select(m => (m.PublisherId, m.Role))
        );
        Assert.False(session.HasWayBack);
    }

    [Fact]
    public async Task A_session_is_open_until_it_is_ended_its_stamp_changes_or_nobody_uses_it()
    {
        TimeSpan lifetime = TimeSpan.FromDays(30);
        Account ada = NewAccount("ada");
        Account bob = NewAccount("bob");
        await _accounts.StoreAsync(ada);
        await _accounts.StoreAsync(bob);
        await _sessions.OpenAsync(ada, NewSession("old"), lifetime);
        _clock.Advance(TimeSpan.FromDays(29));
        await _sessions.OpenAsync(ada, NewSession("used"), lifetime);
        await _sessions.OpenAsync(ada, NewSession("other"), lifetime);
        await _sessions.OpenAsync(bob, NewSession("bobs"), lifetime);

        _clock.Advance(SessionTable.SeenEvery);
        Assert.True(await _sessions.SeeAsync("ada", "used", ada.SecurityStamp));
        List<OpenSession> all = await _sessions.ListAsync(ada);
        Assert.Equal(["used", "other", "old"], all.Select(one => one.Id));
        Assert.Equal(_clock.GetUtcNow(), all[0].LastSeenAt);
        Assert.Equal(_clock.GetUtcNow() - SessionTable.SeenEvery, all[0].CreatedAt);
        Assert.Equal(("password", "a browser"), (all[0].Way, all[0].Browser));
        // Nobody ends or uses another's.
        Assert.False(await _sessions.SeeAsync("ada", "bobs", bob.SecurityStamp));
        Assert.False(await _sessions.EndAsync("ada", "bobs"));
        Assert.True(await _sessions.EndAsync("ada", "other"));
        Assert.False(await _sessions.EndAsync("ada", "other"));
        Assert.False(await _sessions.SeeAsync("ada", "other", ada.SecurityStamp));

        _clock.Advance(TimeSpan.FromDays(2));
        await _sessions.OpenAsync(ada, NewSession("new"), lifetime);
        Assert.Equal(["new", "used"], (await _sessions.ListAsync(ada)).Select(one => one.Id));
        ada.SecurityStamp += "+";
        Assert.False(await _sessions.SeeAsync("ada", "used", ada.SecurityStamp));
        Assert.Empty(await _sessions.ListAsync(ada));
        Assert.True(await _sessions.SeeAsync("bob", "bobs", bob.SecurityStamp));
    }

    [Fact]
    public async Task The_last_owner_stays_one()
    {
        await _accounts.StoreAsync(NewAccount("ada"));
        await _accounts.StoreAsync(NewAccount("bob"));
        await _publishers.JoinAsync("default", "ada", MemberRole.Owner);
        await _publishers.JoinAsync("default", "bob", MemberRole.Editor);

        Assert.Equal(AccountChange.LastOwner, await ChangeAsync("ada", MemberRole.Editor));
        Assert.Equal(AccountChange.LastOwner, await ChangeAsync("ada", null));
        Assert.Equal(AccountChange.Done, await ChangeAsync("bob", MemberRole.Owner));
        Assert.Equal(AccountChange.Done, await ChangeAsync("ada", null));
        Assert.Equal(AccountChange.Unknown, await ChangeAsync("ada", MemberRole.Editor));
        Assert.Equal(
            AccountChange.Unknown,
            await _publishers.ChangeMemberAsync("other", "bob", null, null, Entry("x"))
        );
    }

    [Fact]
    public async Task A_key_ends_when_it_is_due_rotated_or_revoked()
    {
        await _keys.CreateAsync(NewKey("a", _clock.GetUtcNow().AddDays(10)), "digest-a", Entry("key"));
        Assert.Equal("a", (await _keys.UseAsync("digest-a"))!.Id);
        Assert.Equal(_clock.GetUtcNow(), (await _keys.UseAsync("digest-a"))!.LastUsedAt);
        Assert.Null(await _keys.UseAsync("digest-b"));

        AccountChange rotated = await _keys.RotateAsync(
            NewKey("b", null),
            "digest-b",
            "a",
            _clock.GetUtcNow().AddDays(1),
            Entry("rotate"),
            ifStill: null
        );
        Assert.Equal(AccountChange.Done, rotated);
        Assert.NotNull(await _keys.UseAsync("digest-a"));
        Assert.NotNull(await _keys.UseAsync("digest-b"));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await _keys.UseAsync("digest-a"));
        Assert.NotNull(await _keys.UseAsync("digest-b"));
        Assert.Equal(["b"], (await _keys.ListAsync("default")).Select(key => key.Id));

        Assert.Equal(AccountChange.Unknown, await _keys.RevokeAsync("other", "b", Entry("revoke"), null));
        Assert.Equal(AccountChange.Done, await _keys.RevokeAsync("default", "b", Entry("revoke"), null));
        Assert.Null(await _keys.UseAsync("digest-b"));
    }

    [Fact]
    public async Task The_log_keeps_publishers_apart_and_pages_backwards()
    {
        for (int i = 0; i < 5; i++)
        {
            await _log.AppendAsync(Entry($"own-{i}"));
            await _log.AppendAsync(Entry($"other-{i}") with { PublisherId = "other" });
        }
        await _log.AppendAsync(Entry("server") with { PublisherId = null });

        AuditPage first = await _log.ListAsync("default", null, 3);
        AuditPage second = await _log.ListAsync("default", first.NextCursor, 3);
        AuditPage all = await _log.ListAsync(null, null, 200);

        Assert.Equal(["own-4", "own-3", "own-2"], first.Entries.Select(entry => entry.Action));
        Assert.Equal(["own-1", "own-0"], second.Entries.Select(entry => entry.Action));
        Assert.Null(second.NextCursor);
        Assert.Equal(11, all.Entries.Count);
        Assert.Equal("server", all.Entries[0].Action);
    }

    [Fact]
    public async Task A_refused_change_is_not_in_the_log()
    {
        await _publishers.ChangeMemberAsync("default", "nobody", null, null, Entry("refused"));
        await _keys.RevokeAsync("default", "none", Entry("refused"), null);

        Assert.Empty((await _log.ListAsync(null, null, 200)).Entries);
    }

    private Task<AccountChange> ChangeAsync(string accountId, MemberRole? role) =>
        _publishers.ChangeMemberAsync("default", accountId, role, null, Entry("change"));

    private Task InviteAsync(string digest, MemberRole role) =>
        _publishers.InviteAsync(
            new Invitation(digest, "default", "", role, "", "somebody", _clock.GetUtcNow().AddDays(7)),
            digest,
            Entry("invite")
        );

    private OpenSession NewSession(string id) =>
        new(id, "password", "a browser", _clock.GetUtcNow(), _clock.GetUtcNow());

    private static Account NewAccount(string name) =>
        new()
        {
            Id = name,
            Name = name,
            NormalizedName = name.ToUpperInvariant(),
            SecurityStamp = "stamp",
        };

    private static AccountPasskey NewPasskey(byte number) =>
        new()
        {
            CredentialId = [7, number],
            PublicKey = [9, number],
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private static ApiKey NewKey(string id, DateTimeOffset? expiresAt) =>
        new()
        {
            Id = id,
            PublisherId = "default",
            Name = id,
            Prefix = "dst",
            Scopes = ["read"],
            CreatedBy = "somebody",
            CreatedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = expiresAt,
        };

    private static PublisherChange QuotaOf(string publisherId, long? bytes) =>
        new(publisherId, new PublisherChange.QuotaWish(bytes), null, null);

    private static AuditEntry Entry(string action) =>
        new()
        {
            At = DateTimeOffset.UnixEpoch,
            PublisherId = "default",
            Actor = "somebody",
            Action = action,
        };
}
