public import ArgumentParser
public import OrganizationEvents

extension MemberRole: ExpressibleByArgument {}
