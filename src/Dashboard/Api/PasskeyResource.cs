using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Api;

/// <param name="Id">That of its credential, in Base64url.</param>
/// <param name="IsBackedUp">Its device keeps a copy elsewhere.</param>
internal sealed record PasskeyResource(string Id, string Name, DateTimeOffset CreatedAt, bool IsBackedUp)
{
    public static PasskeyResource Of(AccountPasskey passkey) =>
        new(OwnAccount.IdOf(passkey), passkey.Name ?? "", passkey.CreatedAt, passkey.IsBackedUp);
}
