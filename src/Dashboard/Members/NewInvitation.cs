using Distribution.Contracts.Accounts;

namespace Distribution.Dashboard.Members;

/// <param name="Url">Shown this once.</param>
internal sealed record NewInvitation(Invitation Invitation, string Url);
